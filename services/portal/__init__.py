"""The pages people use: sign-in, the class page, the diary, notices.

It owns nothing but browser sessions, publishes nothing and listens to nothing. Everything shown
is asked of the services, with the tokens of the person who is signed in.
"""
