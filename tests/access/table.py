"""Whose things each request is about, and how what is foreign is refused; the policy says who may.

A row: method, address as the routes write it (with the query or the [state] that matters), the
status of success, whose thing decides, the action of the policy, and then, where it matters:

    how a thing one may not touch is refused, when not by 404 ("0"); two signs are for those who
    reach a part of the school and for those who reach all of it
    cells that follow from something else than the policy: `caller=cell`, or `staff`, `people`, `all`

Columns stand two spaces apart. What every caller gets is worked out from `shared/policy.py`:

    anonymous   nobody signed in            service  a service: scope events:read, all schools
    newcomer    one-time password unchanged feed     a client with events:read for this school
    the roles   of one person each          import   a client with import for this school

The teacher teaches one subject in 7А, which the class teacher leads; the pupil is in it, and the
parent is that pupil's. Where something decides, a cell has three signs: for a thing of the own class
(7А, or one's own), of a foreign one (7Б, same school), of another school. Where nothing decides
("-") there is no relation to speak of, and a cell has one sign.

    +  done, with the status of the row       !  401: sign in first             ?  422: refused as invalid
    _  200, but not one item is shown         -  403: not with this role        c  409: the period is closed
    n  200, the page says there is nothing    0  404: there is no such thing    .  cannot be
    >  302: led on, being signed in           x  401, and signed out: an own password comes first
    b  400: the page was not come to properly

Everything not done has to change nothing and be told by a problem document. What belongs to another
school must not show in any answer at all, unless its sign is "+".
"""

# ruff: noqa: E501 - A table is read across, whatever its width.

import re
from dataclasses import dataclass

from shared import policy

CLIENTS = {"service": "events:read", "feed": "events:read", "import": "import"}
CALLERS = ("anonymous", "newcomer", *policy.ROLES, *CLIENTS)
RELATIONS = ("own", "foreign", "other")
STATUSES = {
    "!": 401,
    "-": 403,
    "0": 404,
    "c": 409,
    "?": 422,
    "_": 200,
    "n": 200,
    ">": 302,
    "x": 401,
    "b": 400,
}
ANYBODY = "anybody"
GROUPS = {
    "all": CALLERS,
    "people": CALLERS[1:-3],
    "staff": tuple(role for role in policy.ROLES if role in policy.STAFF),
}
BELONGINGS = ("session", "notice", "calendar", "file")  # Somebody's own: no reach leads to another's.

#      address                                                      done  whose    action
EVERY_SERVICE = """
GET    /events?stream=<stream>                                       200  school   read events
GET    /events/streams                                               200  -        read events
GET    /openapi.json                                                 200  -        anybody
GET    /docs                                                         200  -        anybody
GET    /docs/assets/<path:name>                                      200  -        anybody
GET    /healthz                                                      200  -        anybody
GET    /readyz                                                       200  -        anybody
GET    /metrics                                                      200  -        anybody
"""

#      address                                                      done  whose    action
IDENTITY = """
POST   /sessions                                                     201  -        anybody
DELETE /sessions                                                     204  -        anybody
POST   /tokens                                                       200  -        anybody
GET    /.well-known/openid-configuration                             200  -        anybody
GET    /.well-known/oauth-authorization-server                       200  -        anybody
POST   /oauth/token                                                  200  -        anybody
POST   /oauth/introspect                                             200  -        anybody
POST   /oauth/revoke                                                 200  -        anybody
GET    /oauth/userinfo                                               200  -        be known to programs
POST   /oauth/userinfo                                               200  -        be known to programs
POST   /oauth/requests                                               200  -        anybody
POST   /oauth/authorizations                                         200  -        let programs in
POST   /oauth/leavings                                               200  -        anybody
GET    /clients                                                      200  -        register programs
POST   /clients                                                      201  -        register programs
GET    /clients/<client_id>                                          200  school   register programs
PUT    /clients/<client_id>                                          200  school   register programs
POST   /clients/<client_id>/secret                                   201  school   register programs
DELETE /clients/<client_id>                                          204  school   register programs
GET    /me/clients                                                   200  -        let programs in
DELETE /me/clients/<client_id>                                       204  -        let programs in                people=0  newcomer=-
GET    /providers                                                    200  -        configure providers
POST   /providers                                                    201  -        configure providers
PUT    /providers/<provider_id>                                      200  school   configure providers
DELETE /providers/<provider_id>                                      204  school   configure providers
GET    /providers/open                                               200  -        anybody
POST   /providers/<provider_id>/visits                               201  -        anybody                        all=0
POST   /sessions/provider                                            201  -        anybody                        all=?
GET    /me/links                                                     200  -        link providers
POST   /me/links                                                     204  -        link providers                 people=?  newcomer=-
POST   /me/links/known                                               204  -        link providers                 people=?  newcomer=-
POST   /me/links/<provider_id>/visits                                201  -        link providers                 people=0  newcomer=-
DELETE /me/links/<provider_id>                                       204  -        link providers                 people=0  newcomer=-
GET    /jwks.json                                                    200  -        anybody
GET    /me                                                           200  -        see themselves
PUT    /me/password                                                  204  -        see themselves
GET    /me/proof                                                     200  -        see themselves
POST   /me/proof                                                     200  -        see themselves                 newcomer=?
POST   /me/proof/challenge                                           200  -        see themselves
POST   /sessions/factor                                              201  -        anybody
POST   /sessions/factor/challenge                                    200  -        anybody
POST   /sessions/passkey                                             201  -        anybody
POST   /sessions/passkey/challenge                                   200  -        anybody
GET    /me/factors                                                   200  -        keep own factors
POST   /me/totp                                                      201  -        keep own factors
PUT    /me/totp                                                      200  -        keep own factors
DELETE /me/totp                                                      204  -        keep own factors               people=0  newcomer=-
POST   /me/recovery-codes                                            201  -        keep own factors               people=?  newcomer=-
POST   /me/passkeys/challenge                                        200  -        keep own factors
POST   /me/passkeys                                                  201  -        keep own factors
DELETE /me/passkeys/<uuid:passkey_id>                                204  -        keep own factors               people=0  newcomer=-
GET    /me/sign-ins                                                  200  -        see own sessions
DELETE /me/sessions                                                  204  -        see own sessions
GET    /me/sessions                                                  200  -        see own sessions
DELETE /me/sessions/<uuid:session_id>                                204  session  see own sessions
GET    /school                                                       200  -        read the school
PUT    /school                                                       200  -        change the school
GET    /school/parameters                                            200  -        read parameters
GET    /school/parameters/<name>                                     200  -        read parameters
PUT    /school/parameters/<name>                                     200  -        change the school
GET    /people                                                       200  -        read people
GET    /people?group_id=<group_id>                                   200  group    read people                    _
POST   /people/search                                                200  -        read people
POST   /people                                                       201  -        change people
GET    /people/<uuid:person_id>                                      200  pupil    read cards
PUT    /people/<uuid:person_id>                                      200  pupil    change people
PUT    /people/<uuid:person_id>/contacts                             200  pupil    correct contacts
GET    /areas                                                        200  -        read areas
GET    /areas/<uuid:deputy_id>                                       200  school   read areas
PUT    /areas/<uuid:deputy_id>                                       200  school   change people
POST   /people/<uuid:person_id>/roles                                200  pupil    give roles
DELETE /people/<uuid:person_id>/roles/<role>                         204  pupil    give roles
POST   /people/<uuid:person_id>/credentials                          201  pupil    give out passwords
DELETE /people/<uuid:person_id>/credentials                          204  pupil    end others' sessions
GET    /people/<uuid:person_id>/credentials                          200  pupil    see accounts
PUT    /people/<uuid:person_id>/credentials/hand-over[code issued]   204  pupil    give out passwords
PUT    /people/<uuid:person_id>/block                                204  pupil    block accounts
DELETE /people/<uuid:person_id>/block                                204  pupil    block accounts
POST   /slips                                                        200  pupil    give out passwords
GET    /groups/<uuid:group_id>/accounts                              200  group    see accounts
GET    /accounts/staff                                               200  -        see accounts of staff
POST   /password-resets                                              202  -        anybody
POST   /password-resets/completion                                   204  -        anybody                        all=?
DELETE /people/<uuid:person_id>/sessions                             204  pupil    end others' sessions
DELETE /people/<uuid:person_id>/factors                              204  pupil    reset factors
POST   /guardianships                                                201  pupil    change people
DELETE /guardianships/<uuid:guardian_id>/<uuid:pupil_id>             204  pupil    change people
GET    /groups                                                       200  -        read groups
POST   /groups                                                       201  -        change groups
GET    /groups/<uuid:group_id>                                       200  group    read groups
PUT    /groups/<uuid:group_id>                                       200  group    change groups
GET    /groups/<uuid:group_id>/roster                                200  group    read rosters
POST   /groups/<uuid:group_id>/enrolments                            201  group    change groups
POST   /groups/<uuid:group_id>/enrolments/end                        200  group    change groups
GET    /groups/<uuid:group_id>/divisions                             200  group    read rosters
GET    /groups/<uuid:group_id>/divisions/proposal?division=г&way=sex  200  group    change groups
POST   /groups/<uuid:group_id>/divisions                             200  group    change groups
GET    /movements                                                    200  -        read movements
GET    /people/<uuid:person_id>/movements                            200  pupil    read movements
POST   /people/<uuid:person_id>/movements/enrolment[departed]        201  pupil    record movements
POST   /people/<uuid:person_id>/movements/return[departed]           201  pupil    record movements
POST   /people/<uuid:person_id>/movements/transfer                   201  pupil    record movements
POST   /people/<uuid:person_id>/movements/departure                  201  pupil    record movements
POST   /people/<uuid:person_id>/movements/<uuid:movement_id>/reversal[departed]  201  pupil    record movements
GET    /rosters                                                      200  -        read all rosters
GET    /headcount                                                    200  -        count pupils
GET    /new-years                                                    200  -        move to the next year
POST   /new-years/preview                                            200  -        move to the next year
POST   /new-years                                                    201  -        move to the next year
POST   /new-years/<uuid:year_move_id>/undo[year moved]               200  school   move to the next year
GET    /groups/<uuid:group_id>/class-teachers                        200  group    read groups
POST   /groups/<uuid:group_id>/confirmation                          200  group    confirm class lists
GET    /confirmations                                                200  -        follow class lists
GET    /access-log                                                   200  -        search the access log
GET    /access-log?person_id=<person_id>                             200  pupil    search the access log          _
GET    /people/<uuid:person_id>/readers                              200  pupil    see who read about them
GET    /consents/purposes                                            200  -        read consents
GET    /consents/completeness                                        200  -        count consents
GET    /people/<uuid:person_id>/consents                             200  pupil    read consents
POST   /people/<uuid:person_id>/consents                             201  pupil    record consents
POST   /people/<uuid:person_id>/consents/<kind>/withdrawal           200  pupil    record consents
GET    /people/<uuid:person_id>/consents/form.pdf?kind=photo         200  pupil    read consents
GET    /groups/<uuid:group_id>/consents                              200  group    follow consents
GET    /groups/<uuid:group_id>/consents/forms.pdf?kind=photo         200  group    follow consents
GET    /people/<uuid:person_id>/data                                 200  pupil    take out personal data
GET    /people/<uuid:person_id>/requests                             200  pupil    ask for personal data
POST   /people/<uuid:person_id>/requests                             201  pupil    ask for personal data
GET    /subject-requests                                             200  -        answer data requests
POST   /subject-requests/<uuid:request_id>/outcome                   200  school   answer data requests
GET    /erasures                                                     200  -        erase people
POST   /people/<uuid:person_id>/erasure                              201  pupil    erase people                   operator=cc0  director=cc0
POST   /erasures/<uuid:erasure_id>/approval                          200  school   erase people
POST   /erasures/<uuid:erasure_id>/refusal                           200  school   erase people
GET    /erasures/<uuid:erasure_id>/act.pdf                           200  school   erase people
GET    /approvals                                                    200  -        decide approvals
POST   /approvals                                                    201  -        export the school
POST   /approvals/<uuid:approval_id>/approval                        200  school   decide approvals
POST   /approvals/<uuid:approval_id>/refusal                         200  school   decide approvals
POST   /imports/oneroster                                            200  -        import
POST   /imports/names                                                200  -        import
GET    /imports                                                      200  -        import
POST   /imports                                                      201  -        import
GET    /imports/template.xlsx                                        200  -        import
GET    /imports/<uuid:import_id>                                     200  school   import
GET    /imports/<uuid:import_id>/changes                             200  school   import
PUT    /imports/<uuid:import_id>/decisions                           200  school   import
POST   /imports/<uuid:import_id>/application                         200  school   import
GET    /imports/<uuid:import_id>/errors.xlsx                         200  school   import
GET    /exports/people                                               200  -        export the school
GET    /exports/oneroster                                            200  -        export the school
GET    /people/duplicates                                            200  -        merge people
GET    /people/merge?keep_id=<person_id>&drop_id=<twin_id>           200  pupil    merge people
POST   /people/merge                                                 200  pupil    merge people
"""

#      address                                                      done  whose    action
SCHEDULE = """
GET    /people/<uuid:person_id>/data                                 200  pupil    take out personal data
GET    /years/current                                                200  -        read the year
PUT    /years/current                                                200  -        plan the year
GET    /years/history                                                200  -        follow the year
GET    /bells                                                        200  -        read the year
PUT    /bells                                                        200  -        plan the year
PUT    /groups/<uuid:group_id>/shift                                 200  group    plan the year
GET    /subjects                                                     200  -        read the year
POST   /subjects                                                     201  -        plan the year
GET    /subjects/<uuid:subject_id>                                   200  school   read the year
PUT    /subjects/<uuid:subject_id>                                   200  school   plan the year
GET    /subject-areas                                                200  -        read the year
POST   /subject-areas                                                201  -        plan the year
GET    /subject-areas/<uuid:area_id>                                 200  school   read the year
PUT    /subject-areas/<uuid:area_id>                                 200  school   plan the year
GET    /rooms                                                        200  -        read the load
POST   /rooms                                                        201  -        plan the year
GET    /rooms/<uuid:room_id>                                         200  school   read the load
PUT    /rooms/<uuid:room_id>                                         200  school   plan the year
GET    /loads                                                        200  -        read the load
GET    /loads?group_id=<group_id>                                    200  group    read the load                  _
GET    /loads?teacher_id=<teacher_id>                                200  teacher  read the load                  _
GET    /timetables/compositions                                      200  -        compose a timetable
POST   /timetables/compositions                                      201  -        compose a timetable
GET    /timetables/compositions/<uuid:composition_id>                200  school   compose a timetable
POST   /timetables/compositions/<uuid:composition_id>/stop           200  school   compose a timetable
DELETE /timetables/compositions/<uuid:composition_id>                204  school   compose a timetable
GET    /timetables/<uuid:timetable_id>/fet                           200  school   export a timetable
GET    /loads/fet                                                    200  -        export a timetable
GET    /timetables                                                   200  -        read timetables
POST   /timetables                                                   201  -        draft timetables
GET    /timetables/limits                                            200  -        read timetables
PUT    /timetables/limits                                            200  -        set timetable limits
GET    /timetables/<uuid:timetable_id>                               200  school   read timetables
PUT    /timetables/<uuid:timetable_id>                               200  school   draft timetables
DELETE /timetables/<uuid:timetable_id>                               204  school   draft timetables
POST   /timetables/<uuid:timetable_id>/cards                         201  school   draft timetables
PUT    /timetables/<uuid:timetable_id>/cards/<uuid:card_id>          200  school   draft timetables
DELETE /timetables/<uuid:timetable_id>/cards/<uuid:card_id>          200  school   draft timetables
GET    /timetables/<uuid:timetable_id>/cards/<uuid:card_id>/places   200  school   read timetables
GET    /timetables/<uuid:timetable_id>/conflicts                     200  school   read timetables
POST   /timetables/<uuid:timetable_id>/publication                   200  school   publish a timetable
DELETE /timetables/<uuid:timetable_id>/publication[published]        200  school   publish a timetable
GET    /curricula                                                    200  -        read the curriculum
POST   /curricula                                                    201  -        draft the curriculum
GET    /curricula/<uuid:curriculum_id>                               200  school   read the curriculum
PUT    /curricula/<uuid:curriculum_id>                               200  school   draft the curriculum
DELETE /curricula/<uuid:curriculum_id>                               204  school   draft the curriculum
POST   /curricula/<uuid:curriculum_id>/editions[approved]            201  school   draft the curriculum
POST   /curricula/<uuid:curriculum_id>/approval                      200  school   approve the curriculum
GET    /loads/table                                                  200  -        check the load
GET    /loads/table?group_id=<group_id>                              200  group    check the load
PUT    /loads/table?group_id=<group_id>                              200  group    assign the load
GET    /loads/check                                                  200  -        check the load
GET    /tariff                                                       200  -        read the tariff
PUT    /tariff/rate                                                  200  -        set the rate
POST   /imports/curriculum                                           200  -        draft the curriculum
POST   /imports/loads                                                200  -        assign the load
GET    /exports/curriculum                                           200  -        read the curriculum
GET    /exports/loads                                                200  -        check the load
GET    /timetable                                                    200  -        see lessons                    staff=?
GET    /timetable?group_id=<group_id>                                200  group    see lessons                    0_
GET    /timetable?teacher_id=<teacher_id>                            200  teacher  see lessons                    _
GET    /lessons?from=<day>&until=<day>                               200  -        see lessons                    staff=?
GET    /lessons?from=<day>&until=<day>&group_id=<group_id>           200  group    see lessons                    0_
GET    /lessons?from=<day>&until=<day>&teacher_id=<teacher_id>       200  teacher  see lessons                    _
GET    /lessons?from=<day>&until=<day>&pupil_id=<pupil_id>           200  pupil    see lessons                    0_
GET    /teachers                                                     200  -        read the load
GET    /agenda?from=<day>&until=<day>                                200  -        see lessons
GET    /agenda?from=<day>&until=<day>&group_id=<group_id>            200  group    see lessons                    0_
GET    /agenda?from=<day>&until=<day>&teacher_id=<teacher_id>        200  teacher  see lessons                    _
GET    /agenda?from=<day>&until=<day>&pupil_id=<pupil_id>            200  pupil    see lessons                    0_
GET    /absences?from=<day>&until=<day>                              200  -        decide substitutions
POST   /absences                                                     201  teacher  decide substitutions
DELETE /absences/<uuid:absence_id>                                   204  teacher  decide substitutions
GET    /substitutions/needs?from=<day>&until=<day>                   200  -        decide substitutions
GET    /substitutions/hours?from=<day>&until=<day>                   200  -        account for substitutions
GET    /substitutions/register?from=<day>&until=<day>                200  -        account for substitutions
GET    /substitutions/sheet?on=<day>                                 200  -        read substitutions
GET    /substitutions?from=<day>&until=<day>                         200  -        read substitutions
GET    /staff-room                                                   200  -        read substitutions
GET    /screens                                                      200  -        keep screens
POST   /screens                                                      201  -        keep screens
DELETE /screens/<uuid:screen_id>                                     204  school   keep screens
GET    /screens/<token>/staff-room                                   200  -        anybody                        all=0
POST   /substitutions                                                201  page     decide substitutions
DELETE /substitutions/<uuid:substitution_id>                         204  group    decide substitutions
GET    /calendars                                                    200  -        keep a calendar
POST   /calendars                                                    201  group    keep a calendar
DELETE /calendars/<uuid:feed_id>                                     204  calendar  keep a calendar
GET    /calendars/<token>.ics                                        200  -        anybody                        all=0
POST   /imports/fet/needs                                            200  -        import a timetable
POST   /imports/fet                                                  200  group    import a timetable             ?
POST   /imports/timetables/needs                                     200  -        import a timetable
POST   /imports/timetables                                           200  group    import a timetable             ?
GET    /imports/timetables/batches                                   200  -        import a timetable
POST   /imports/timetables/batches                                   201  -        import a timetable
GET    /imports/timetables/batches/<uuid:batch_id>                   200  school   import a timetable
PUT    /imports/timetables/batches/<uuid:batch_id>/names             200  school   import a timetable
POST   /imports/timetables/batches/<uuid:batch_id>/rehearsal         200  school   import a timetable
POST   /imports/timetables/batches/<uuid:batch_id>/application       200  school   import a timetable
POST   /imports/timetables/batches/<uuid:batch_id>/withdrawal[taken]  200  school  import a timetable
"""

#      address                                                      done  whose    action
JOURNAL = """
GET    /people/<uuid:person_id>/data                                 200  pupil    take out personal data
GET    /pages                                                        200  -        read pages
GET    /pages/<uuid:page_id>                                         200  page     read pages
GET    /pages/<uuid:page_id>/revisions                               200  page     read pages
POST   /lessons/<uuid:lesson_id>/entries                             200  page     write on pages
POST   /lessons/<uuid:lesson_id>/entries[period closed]              200  page     write on pages
PUT    /lessons/<uuid:lesson_id>/entries/<int:slot>/<uuid:pupil_id>/comment  200  page     write on pages
PUT    /lessons/<uuid:lesson_id>/entries/<int:slot>/<uuid:pupil_id>/comment[period closed]  200  page     write on pages
PUT    /lessons/<uuid:lesson_id>/entries/<int:slot>/<uuid:pupil_id>/due[awaited]  200  page     write on pages
PUT    /lessons/<uuid:lesson_id>/description                         200  page     write on pages
PUT    /lessons/<uuid:lesson_id>/description[period closed]          200  page     write on pages
PUT    /lessons/<uuid:lesson_id>/works/<int:slot>                    200  page     write on pages
PUT    /lessons/<uuid:lesson_id>/works/<int:slot>[period closed]     200  page     write on pages
DELETE /lessons/<uuid:lesson_id>/works/<int:slot>[emptied]           200  page     write on pages
DELETE /lessons/<uuid:lesson_id>/works/<int:slot>[period closed]     200  page     write on pages
GET    /pages/<uuid:page_id>/finals                                  200  page     read pages
POST   /pages/<uuid:page_id>/finals/<column>                         200  page     write on pages
POST   /pages/<uuid:page_id>/finals/<column>[period closed]          200  page     write on pages
GET    /finals?period_id=<period_id>                                 200  school   follow final marks
GET    /classes/<uuid:group_id>/finals?period_id=<period_id>         200  group    follow classes
GET    /plans                                                        200  -        read plans
POST   /plans                                                        201  page     keep plans
GET    /plans/<uuid:plan_id>                                         200  page     read plans
PUT    /plans/<uuid:plan_id>                                         200  page     keep plans  educator=-00
DELETE /plans/<uuid:plan_id>[not followed]                           204  page     keep plans  educator=-00
POST   /plans/<uuid:plan_id>/copies                                  201  page     keep plans
PUT    /pages/<uuid:page_id>/plan                                    204  page     keep plans
GET    /pages/<uuid:page_id>/plan                                    200  page     read pages
PUT    /pages/<uuid:page_id>/plan/topics/<uuid:topic_id>             204  page     write on pages
POST   /imports/plans                                                200  page     keep plans                     ?
GET    /imports/plans/template                                       200  -        keep plans
GET    /plans/<uuid:plan_id>/export                                  200  page     read plans
GET    /fulfilment                                                   200  -        follow programmes
GET    /diary/programmes?pupil_id=<pupil_id>                         200  pupil    read a diary
GET    /diary?pupil_id=<pupil_id>                                    200  pupil    read a diary
GET    /diary/period?pupil_id=<pupil_id>                             200  pupil    read a diary
GET    /diary/subjects/<uuid:subject_id>?pupil_id=<pupil_id>         200  pupil    read a diary
GET    /diary/lessons/<uuid:lesson_id>/marks/<int:slot>?pupil_id=<pupil_id>  200  pupil  read a diary
GET    /diary/pages/<uuid:page_id>/finals/<column>?pupil_id=<pupil_id>[attested]  200  pupil  read a diary
GET    /pages/<uuid:page_id>/table                                   200  page     write on pages
POST   /pages/<uuid:page_id>/table?dry_run=true                      200  page     write on pages
GET    /attendance/<uuid:group_id>                                   200  group    follow classes
GET    /attendance/<uuid:group_id>/totals                            200  group    follow classes
POST   /pupils/<uuid:pupil_id>/excuses                               201  pupil    excuse absences
PUT    /excuses/<uuid:excuse_id>                                     200  pupil    excuse absences
DELETE /excuses/<uuid:excuse_id>                                     200  pupil    excuse absences
GET    /diary/remarks?pupil_id=<pupil_id>                            200  pupil    read a diary
GET    /pages/<uuid:page_id>/remarks                                 200  page     read pages
POST   /pages/<uuid:page_id>/remarks                                 201  page     make remarks
GET    /groups/<uuid:group_id>/remarks                               200  group    follow remarks
GET    /groups/<uuid:group_id>/diary-views                           200  group    follow diary views
GET    /diary-views                                                  200  -        follow diary views  class_teacher=0
POST   /groups/<uuid:group_id>/remarks                               201  group    make remarks of the class
PUT    /remarks/<uuid:remark_id>                                     200  remark   make remarks  class_teacher=000  educator=000
DELETE /remarks/<uuid:remark_id>                                     200  remark   make remarks  class_teacher=000  educator=000
GET    /portfolio?pupil_id=<pupil_id>                                200  pupil    read a diary
GET    /portfolio.pdf?pupil_id=<pupil_id>                            200  pupil    read a diary
GET    /groups/<uuid:group_id>/portfolio                             200  group    verify portfolios  class_teacher=+__
POST   /portfolio                                                    201  pupil    write in a portfolio
PUT    /portfolio/<uuid:entry_id>                                    200  pupil    write in a portfolio
DELETE /portfolio/<uuid:entry_id>                                    200  pupil    write in a portfolio
POST   /portfolio/<uuid:entry_id>/decision                           200  pupil    verify portfolios
POST   /remarks/<uuid:remark_id>/reading                             204  remark   acknowledge remarks
GET    /years                                                        200  -        read periods
GET    /periods                                                      200  -        read periods
GET    /writing?since=<day>                                          200  -        read periods
GET    /deadlines?from=<day>&until=<day>                             200  -        follow deadlines
GET    /pages/<uuid:page_id>/deadlines?from=<day>&until=<day>        200  page     follow deadlines
GET    /contradictions?from=<day>&until=<day>                        200  -        follow contradictions
GET    /contradictions?from=<day>&until=<day>&group_id=<group_id>    200  group    follow contradictions
POST   /contradictions/acceptances[contradicted]                     201  page     accept contradictions
DELETE /contradictions/acceptances/<uuid:acceptance_id>[accepted]    204  page     accept contradictions
POST   /corrections                                                  201  pupil    report errors
GET    /corrections                                                  200  -        follow corrections
GET    /corrections/figures?from=<day>&until=<day>                   200  -        count corrections
GET    /corrections/<uuid:correction_id>                             200  pupil    follow corrections  educator=000
PUT    /corrections/<uuid:correction_id>/assignment                  200  pupil    organise corrections
PUT    /corrections/<uuid:correction_id>/approval                    200  pupil    organise corrections
DELETE /corrections/<uuid:correction_id>/approval                    200  pupil    organise corrections
PUT    /corrections/<uuid:correction_id>/settlement                  200  pupil    settle corrections  educator=000
PUT    /corrections/<uuid:correction_id>/answer[settled]             200  pupil    report errors  educator=000
POST   /periods/<uuid:period_id>/closing                             204  school   close periods
DELETE /periods/<uuid:period_id>/closing[period closed]              204  school   close periods
GET    /classes                                                      200  -        follow classes
GET    /classes/<uuid:group_id>/report                               200  group    follow classes
GET    /heads                                                        200  -        take out evidence
GET    /heads/file                                                   200  -        take out evidence
POST   /files                                                        201  -        hand in files
GET    /file-limits                                                  200  -        hand in files
GET    /files/<uuid:file_id>                                         200  file     read files
GET    /lessons/<uuid:lesson_id>/homework                            200  page     read pages
POST   /lessons/<uuid:lesson_id>/tasks                               201  page     write on pages
POST   /lessons/<uuid:lesson_id>/tasks[period closed]                201  page     write on pages
PUT    /lessons/<uuid:lesson_id>/tasks/<int:slot>                    200  page     write on pages
PUT    /lessons/<uuid:lesson_id>/tasks/<int:slot>[period closed]     200  page     write on pages
DELETE /lessons/<uuid:lesson_id>/tasks/<int:slot>                    200  page     write on pages
DELETE /lessons/<uuid:lesson_id>/tasks/<int:slot>[period closed]     200  page     write on pages
POST   /lessons/<uuid:lesson_id>/homework/copies                     200  page     write on pages
GET    /tasks/<uuid:task_id>?pupil_id=<pupil_id>                     200  page     read tasks
GET    /tasks/<uuid:task_id>/answers                                 200  page     read pages
POST   /tasks/<uuid:task_id>/answers                                 201  page     hand in answers
GET    /answers/waiting                                              200  -        reply to answers
POST   /answers/<uuid:answer_id>/replies                             201  page     reply to answers
GET    /homework-load/<uuid:group_id>?week=<day>                     200  group    follow homework
"""

# A sheet of paper does not say whose it is: with the digest printed on it, anybody may verify it.
#      address                                                      done  whose    action
REPORTING = """
GET    /pages/<uuid:page_id>                                         200  page     read pages
GET    /pages/<uuid:page_id>/spread.pdf                              200  page     read pages
GET    /classes/<uuid:group_id>/summary.pdf                          200  group    print summaries
GET    /verifications/<page_id>/<seq>/<digest>                       200  page     anybody
GET    /verify/<page_id>/<seq>/<digest>                              200  page     anybody
GET    /verify/<path:path>                                           200  -        anybody                        all=0
GET    /verify/                                                      200  -        anybody                        all=0
GET    /verify/verify.css                                            200  -        anybody
"""

#      address                                                      done  whose    action
NOTIFY = """
GET    /people/<uuid:person_id>/data                                 200  pupil    take out personal data
GET    /notices                                                      200  -        see own notices
GET    /notices/unread                                               200  -        see own notices
POST   /notices/<uuid:notice_id>/read                                204  notice   see own notices
POST   /notices/read                                                 204  -        see own notices
GET    /preferences                                                  200  -        see own notices
PUT    /preferences                                                  200  -        see own notices
"""

# People come here with a cookie; programs have none and cannot.
#      address                                                      done  whose    action
PORTAL = """
GET    /                                                             302  -        open pages
GET    /sign-in                                                      200  -        anybody                        people=>
POST   /sign-in                                                      200  -        anybody
GET    /sign-in/state                                                200  -        anybody
POST   /sign-out                                                     302  -        set a password
GET    /password                                                     200  -        set a password
POST   /password                                                     302  -        set a password
POST   /proof                                                        302  -        identity: see own sessions
POST   /proof/challenge                                              200  -        identity: see own sessions
GET    /sign-in/second-step                                          302  -        anybody
POST   /sign-in/second-step                                          200  -        anybody                        people=!  anonymous=!
POST   /sign-in/second-step/challenge                                200  -        anybody                        people=!  anonymous=!
POST   /sign-in/passkey                                              200  -        anybody
POST   /sign-in/passkey/challenge                                    200  -        anybody
GET    /security                                                     200  -        identity: keep own factors
POST   /security/totp                                                200  -        identity: keep own factors
POST   /security/totp/confirm                                        200  -        identity: keep own factors
POST   /security/totp/remove                                         302  -        identity: keep own factors     operator=c  deputy=c  director=c
POST   /security/codes                                               200  -        identity: keep own factors
GET    /security/passkeys/new                                        200  -        identity: keep own factors
POST   /security/passkeys/challenge                                  200  -        identity: keep own factors
POST   /security/passkeys                                            200  -        identity: keep own factors
POST   /security/passkeys/<uuid:passkey_id>/remove                   302  -        identity: keep own factors     people=0  newcomer=x
POST   /security/sessions/<uuid:session_id>/end                      302  session  identity: see own sessions
POST   /security/sessions/end-others                                 302  -        identity: see own sessions
POST   /people/<uuid:person_id>/second-step/reset                    302  pupil    identity: reset factors
POST   /people/<uuid:person_id>/sessions/end                         302  pupil    identity: end others' sessions
GET    /access                                                       200  -        identity: see accounts         class_teacher=>
GET    /access/staff                                                 200  -        identity: see accounts of staff
GET    /access/<uuid:group_id>                                       200  group    identity: see accounts
POST   /access/slips                                                 200  pupil    identity: give out passwords
POST   /access/people/<uuid:person_id>/hand-over[code issued]        302  pupil    identity: give out passwords
POST   /access/people/<uuid:person_id>/block                         302  pupil    identity: block accounts
POST   /access/people/<uuid:person_id>/unblock                       302  pupil    identity: block accounts
GET    /reset                                                        200  -        anybody
POST   /reset                                                        200  -        anybody
GET    /reset/new                                                    200  -        anybody
POST   /reset/new                                                    302  -        anybody                        people=?  anonymous=?
POST   /language/<code>                                              302  -        anybody
GET    /.well-known/oauth-authorization-server/api/identity/v1       302  -        anybody
GET    /oauth/authorize                                              200  -        anybody                        anonymous=?  people=?  newcomer=>
POST   /oauth/consent                                                302  -        identity: let programs in      people=?  newcomer=x
GET    /oauth/end-session                                            200  -        anybody                        anonymous=>
POST   /oauth/end-session                                            302  -        open pages
POST   /sign-in/provider/<provider_id>                               200  -        anybody                        anonymous=0  people=0
GET    /sign-in/provider                                             302  -        anybody                        anonymous=b  people=b
GET    /clients                                                      200  -        identity: register programs
GET    /clients/new                                                  200  -        identity: register programs
POST   /clients                                                      200  -        identity: register programs
GET    /clients/<client_id>                                          200  school   identity: register programs
POST   /clients/<client_id>                                          302  school   identity: register programs
POST   /clients/<client_id>/secret                                   200  school   identity: register programs
POST   /clients/<client_id>/removal                                  302  school   identity: register programs
GET    /connected                                                    200  -        identity: let programs in
POST   /connected/<client_id>/end                                    302  -        identity: let programs in      people=0  newcomer=x
POST   /connected/providers/<provider_id>/link                       200  -        identity: link providers       people=0  newcomer=x
POST   /connected/providers/<provider_id>/end                        302  -        identity: link providers       people=0  newcomer=x
GET    /connected/known                                              200  -        open pages
POST   /connected/known                                              302  -        identity: link providers       people=?  newcomer=x
GET    /access-log                                                   200  -        identity: search the access log
GET    /consents                                                     200  -        identity: follow consents      class_teacher=>
GET    /consents/<uuid:group_id>                                     200  group    identity: follow consents
POST   /consents                                                     302  pupil    identity: record consents
GET    /consents/<uuid:group_id>/forms.pdf?kind=photo                200  group    identity: follow consents
GET    /data                                                         200  -        identity: read consents
GET    /data/<uuid:person_id>                                        200  pupil    identity: read consents
POST   /data/<uuid:person_id>/consents                               302  pupil    identity: record consents
POST   /data/<uuid:person_id>/consents/<kind>/withdrawal             302  pupil    identity: record consents
GET    /data/<uuid:person_id>/form.pdf?kind=photo                    200  pupil    identity: read consents
POST   /data/<uuid:person_id>/requests                               302  pupil    identity: ask for personal data
GET    /data/<uuid:person_id>/file.zip                               200  pupil    identity: take out personal data
POST   /data/<uuid:person_id>/erasure                                302  pupil    identity: erase people         operator=cc0  director=cc0
GET    /data-requests                                                200  -        identity: answer data requests
POST   /data-requests/<uuid:request_id>/outcome                      302  school   identity: answer data requests
POST   /erasures/<uuid:erasure_id>/<decision>                        302  school   identity: erase people
GET    /erasures/<uuid:erasure_id>/act.pdf                           200  school   identity: erase people
GET    /people                                                       200  -        identity: read people
GET    /people?group_id=<group_id>                                   200  group    identity: read people          n
GET    /people/<uuid:person_id>                                      200  pupil    identity: read cards
POST   /people/search                                                200  -        identity: read people
POST   /people                                                       302  -        identity: change people
POST   /people/<uuid:person_id>                                      302  pupil    identity: change people
POST   /people/<uuid:person_id>/contacts                             302  pupil    identity: correct contacts
POST   /people/<uuid:person_id>/roles                                302  pupil    identity: give roles
POST   /people/<uuid:person_id>/roles/<role>/end                     302  pupil    identity: give roles
GET    /people/<uuid:person_id>/representatives                      200  pupil    identity: change people
POST   /people/<uuid:person_id>/representatives/search               200  pupil    identity: change people
POST   /people/<uuid:person_id>/representatives                      302  pupil    identity: change people
POST   /people/<uuid:person_id>/representatives/<uuid:guardian_id>/end  302  pupil    identity: change people
GET    /areas                                                        200  -        identity: read areas
POST   /areas/<uuid:deputy_id>                                       302  school   identity: change people
GET    /school                                                       200  -        identity: read parameters
POST   /school                                                       302  -        identity: change the school
GET    /school/parameters/<name>                                     200  -        identity: read parameters
POST   /school/parameters/<name>                                     302  -        identity: change the school
POST   /people/<uuid:person_id>/password                             200  pupil    identity: give out passwords
GET    /groups                                                       200  -        identity: read groups
GET    /groups/<uuid:group_id>                                       200  group    identity: read rosters
POST   /groups                                                       302  -        identity: change groups
POST   /groups/<uuid:group_id>/leader                                302  group    identity: change groups
GET    /groups/<uuid:group_id>/divisions                             200  group    identity: read rosters
POST   /groups/<uuid:group_id>/divisions                             302  group    identity: change groups
GET    /confirmations                                                200  -        identity: follow class lists
POST   /groups/<uuid:group_id>/confirmation                          302  group    identity: confirm class lists
GET    /classes/<uuid:group_id>                                      200  group    identity: read rosters
GET    /movements                                                    200  -        identity: read movements
GET    /movements.xlsx                                               200  -        identity: read movements
GET    /headcount                                                    200  -        identity: count pupils
GET    /headcount.xlsx                                               200  -        identity: count pupils
GET    /people/<uuid:person_id>/movements                            200  pupil    identity: read movements
POST   /people/<uuid:person_id>/movements/<movement>                 302  pupil    identity: record movements
POST   /people/<uuid:person_id>/movements/<uuid:movement_id>/reversal[departed]  302  pupil    identity: record movements
GET    /new-year                                                     200  -        identity: move to the next year
POST   /new-year                                                     200  -        identity: move to the next year
POST   /new-year/move                                                302  -        identity: move to the next year
POST   /new-year/<uuid:year_move_id>/undo[year moved]                302  school   identity: move to the next year
GET    /periods                                                      200  -        journal: read periods
POST   /periods/<uuid:period_id>/closing                             302  school   journal: close periods
POST   /periods/<uuid:period_id>/reopening[period closed]            302  school   journal: close periods
GET    /approvals                                                    200  -        identity: decide approvals
GET    /imports                                                      200  -        identity: import
POST   /imports                                                      302  -        identity: import
GET    /imports/<uuid:import_id>                                     200  school   identity: import
POST   /imports/<uuid:import_id>/decisions                           302  school   identity: import
POST   /imports/<uuid:import_id>/application                         302  school   identity: import
GET    /imports/<uuid:import_id>/errors.xlsx                         200  school   identity: import
GET    /imports/files/<name>                                         200  -        identity: import
GET    /duplicates                                                   200  -        identity: merge people
GET    /duplicates/merge?keep_id=<person_id>&drop_id=<twin_id>       200  pupil    identity: merge people
POST   /duplicates/merge                                             302  pupil    identity: merge people
POST   /approvals                                                    302  -        identity: export the school
POST   /approvals/<uuid:approval_id>/approval                        302  school   identity: decide approvals
POST   /approvals/<uuid:approval_id>/refusal                         302  school   identity: decide approvals
GET    /journal/<uuid:page_id>/table                                 200  page     journal: write on pages
GET    /journal/<uuid:page_id>/table.xlsx                            200  page     journal: write on pages
POST   /journal/<uuid:page_id>/table                                 200  page     journal: write on pages
GET    /attendance                                                   200  -        journal: follow classes        class_teacher=>
GET    /attendance/<uuid:group_id>                                   200  group    journal: follow classes
GET    /attendance/<uuid:group_id>/totals                            200  group    journal: follow classes
POST   /attendance/<uuid:group_id>/excuses                           302  group    journal: excuse absences
POST   /attendance/<uuid:group_id>/excuses/<uuid:excuse_id>          302  group    journal: excuse absences
POST   /attendance/<uuid:group_id>/excuses/<uuid:excuse_id>/withdrawal  302  group    journal: excuse absences
GET    /class-report                                                 200  -        journal: follow classes        class_teacher=>
GET    /class-report/<uuid:group_id>                                 200  group    journal: follow classes
GET    /evidence                                                     200  -        journal: take out evidence
GET    /evidence/heads.json                                          200  -        journal: take out evidence
GET    /diary                                                        200  -        journal: read a diary          staff=n
GET    /diary?pupil_id=<pupil_id>                                    200  pupil    journal: read a diary
GET    /diary/period                                                 200  -        journal: read a diary          staff=n
GET    /diary/period?pupil_id=<pupil_id>                             200  pupil    journal: read a diary
GET    /diary/subjects/<uuid:subject_id>?pupil_id=<pupil_id>         200  pupil    journal: read a diary
GET    /diary/lessons/<uuid:lesson_id>/marks/<int:slot>?pupil_id=<pupil_id>  200  pupil  journal: read a diary
GET    /diary/pages/<uuid:page_id>/finals/<column>?pupil_id=<pupil_id>[attested]  200  pupil  journal: read a diary
GET    /diary/remarks                                                200  -        journal: read a diary          staff=n
GET    /diary/remarks?pupil_id=<pupil_id>                            200  pupil    journal: read a diary
GET    /journal/<uuid:page_id>/remarks                               200  page     journal: read pages
POST   /journal/<uuid:page_id>/remarks                               302  page     journal: make remarks
GET    /classes/<uuid:group_id>/remarks                              200  group    journal: follow remarks
GET    /classes/<uuid:group_id>/diary-views                          200  group    journal: follow diary views
GET    /diary-views                                                  200  -        journal: follow diary views  class_teacher=>
POST   /classes/<uuid:group_id>/remarks                              302  group    journal: make remarks of the class
POST   /remarks/<uuid:remark_id>                                     302  remark   journal: make remarks  class_teacher=000  educator=000
GET    /diary/portfolio                                              200  -        journal: read a diary          staff=n
GET    /diary/portfolio?pupil_id=<pupil_id>                          200  pupil    journal: read a diary
GET    /diary/portfolio.pdf?pupil_id=<pupil_id>                      200  pupil    journal: read a diary
POST   /diary/portfolio?pupil_id=<pupil_id>                          302  pupil    journal: write in a portfolio
POST   /diary/portfolio/<uuid:entry_id>?pupil_id=<pupil_id>          302  pupil    journal: write in a portfolio
POST   /diary/portfolio/<uuid:entry_id>/removal?pupil_id=<pupil_id>  302  pupil    journal: write in a portfolio
POST   /diary/portfolio/<uuid:entry_id>/decision?pupil_id=<pupil_id>  302  pupil   journal: verify portfolios
POST   /remarks/<uuid:remark_id>/reading                             302  remark   journal: acknowledge remarks
GET    /compositions                                                 200  -        schedule: export a timetable
GET    /compositions/runs                                            200  -        schedule: compose a timetable
POST   /compositions                                                 302  -        schedule: compose a timetable
POST   /compositions/<uuid:composition_id>/stop                      302  school   schedule: compose a timetable
POST   /compositions/<uuid:composition_id>/removal                   302  school   schedule: compose a timetable
GET    /compositions/load.fet                                        200  -        schedule: export a timetable
GET    /compositions/versions/<uuid:timetable_id>.fet                200  school   schedule: export a timetable
GET    /year                                                         200  -        schedule: follow the year
POST   /year                                                         302  -        schedule: plan the year
GET    /year/history                                                 200  -        schedule: follow the year
GET    /bells                                                        200  -        schedule: follow the year
POST   /bells                                                        302  -        schedule: plan the year
POST   /bells/shifts                                                 302  group    schedule: plan the year
GET    /subjects                                                     200  -        schedule: follow the year
POST   /subjects                                                     302  -        schedule: plan the year
POST   /subjects/<uuid:subject_id>                                   302  school   schedule: plan the year
POST   /subjects/areas                                               302  -        schedule: plan the year
POST   /subjects/areas/<uuid:area_id>                                302  school   schedule: plan the year
GET    /rooms                                                        200  -        schedule: follow the year
POST   /rooms                                                        302  -        schedule: plan the year
POST   /rooms/<uuid:room_id>                                         302  school   schedule: plan the year
GET    /curriculum                                                   200  -        schedule: read the curriculum
GET    /curriculum/history                                           200  -        schedule: read the curriculum
GET    /curriculum/export                                            200  -        schedule: read the curriculum
POST   /curriculum                                                   302  -        schedule: draft the curriculum
POST   /curriculum/import                                            200  -        schedule: draft the curriculum
PUT    /curriculum/<uuid:curriculum_id>                              200  school   schedule: draft the curriculum
POST   /curriculum/<uuid:curriculum_id>/edition[approved]            302  school   schedule: draft the curriculum
POST   /curriculum/<uuid:curriculum_id>/approval                     302  school   schedule: approve the curriculum
POST   /curriculum/<uuid:curriculum_id>/deletion                     302  school   schedule: draft the curriculum
GET    /load                                                         200  -        schedule: check the load
GET    /load/check                                                   200  -        schedule: check the load
GET    /load/export                                                  200  -        schedule: check the load
POST   /load/import                                                  200  -        schedule: assign the load
PUT    /load/<uuid:group_id>                                         200  group    schedule: assign the load
GET    /load/tariff                                                  200  -        schedule: read the tariff
GET    /load/tariff/file                                             200  -        schedule: read the tariff
POST   /load/tariff/rate                                             302  -        schedule: set the rate
GET    /timetable                                                    200  -        schedule: see lessons
GET    /timetable/day                                                200  -        schedule: read the load
GET    /timetable-limits                                             200  -        schedule: read timetables
POST   /timetable-limits                                             302  -        schedule: set timetable limits
GET    /timetables                                                   200  -        schedule: read timetables
POST   /timetables                                                   302  -        schedule: draft timetables
GET    /timetables/<uuid:timetable_id>                               200  school   schedule: read timetables
POST   /timetables/<uuid:timetable_id>/name                          302  school   schedule: draft timetables
POST   /timetables/<uuid:timetable_id>/end                           302  school   schedule: draft timetables
GET    /timetables/<uuid:timetable_id>/data                          200  school   schedule: read timetables
GET    /timetables/<uuid:timetable_id>/conflicts                     200  school   schedule: read timetables
POST   /timetables/<uuid:timetable_id>/cards                         201  school   schedule: draft timetables
PUT    /timetables/<uuid:timetable_id>/cards/<uuid:card_id>          200  school   schedule: draft timetables
DELETE /timetables/<uuid:timetable_id>/cards/<uuid:card_id>          200  school   schedule: draft timetables
GET    /timetables/<uuid:timetable_id>/cards/<uuid:card_id>/places   200  school   schedule: read timetables
POST   /timetables/<uuid:timetable_id>/publication                   200  school   schedule: publish a timetable
POST   /timetables/<uuid:timetable_id>/withdrawal[published]         302  school   schedule: publish a timetable
GET    /timetable-imports                                            200  -        schedule: import a timetable
POST   /timetable-imports                                            302  -        schedule: import a timetable
GET    /timetable-imports/<uuid:batch_id>                            200  school   schedule: import a timetable
POST   /timetable-imports/<uuid:batch_id>/names                      200  school   schedule: import a timetable
POST   /timetable-imports/<uuid:batch_id>/application                302  school   schedule: import a timetable
POST   /timetable-imports/<uuid:batch_id>/withdrawal[taken]          302  school   schedule: import a timetable
GET    /timetable?group_id=<group_id>                                200  group    schedule: see lessons          0n
GET    /timetable?teacher_id=<teacher_id>                            200  teacher  schedule: see lessons          n
GET    /substitutions                                                200  -        schedule: read substitutions
GET    /substitutions/hours                                          200  -        schedule: account for substitutions
GET    /substitutions/register.<file_type>                           200  -        schedule: account for substitutions
GET    /substitutions/sheet.<file_type>                              200  -        schedule: read substitutions
GET    /staff-room                                                   200  -        schedule: read substitutions
GET    /staff-room/now                                               200  -        schedule: read substitutions
GET    /staff-room/screens                                           200  -        schedule: keep screens
POST   /staff-room/screens                                           200  -        schedule: keep screens
POST   /staff-room/screens/<uuid:screen_id>/end                      302  school   schedule: keep screens
GET    /screen/<token>                                               200  -        anybody                        anonymous=0  people=0
GET    /screen/<token>/now                                           200  -        anybody                        anonymous=0  people=0
POST   /substitutions                                                302  page     schedule: decide substitutions
POST   /substitutions/other                                          302  page     schedule: decide substitutions
POST   /substitutions/<uuid:substitution_id>/withdrawal              302  group    schedule: decide substitutions
POST   /substitutions/absences                                       302  teacher  schedule: decide substitutions
POST   /substitutions/absences/<uuid:absence_id>/end                 302  teacher  schedule: decide substitutions
POST   /timetable/calendars                                          200  group    schedule: keep a calendar
POST   /timetable/calendars/<uuid:feed_id>/end                       302  calendar  schedule: keep a calendar
GET    /deadlines                                                    200  -        journal: follow deadlines
GET    /contradictions                                               200  -        journal: follow contradictions
GET    /contradictions?group_id=<group_id>                           200  group    journal: follow contradictions
POST   /contradictions/acceptances[contradicted]                     302  page     journal: accept contradictions
POST   /contradictions/acceptances/<uuid:acceptance_id>/withdrawal[accepted]  302  page  journal: accept contradictions
GET    /corrections                                                  200  -        journal: follow corrections
GET    /corrections/new?what=mark&slot=1&lesson_id=<lesson_id>       200  -        journal: report errors
POST   /corrections                                                  302  pupil    journal: report errors
GET    /corrections/<uuid:correction_id>                             200  pupil    journal: follow corrections  educator=000
POST   /corrections/<uuid:correction_id>/assignment                  302  pupil    journal: organise corrections
POST   /corrections/<uuid:correction_id>/approval                    302  pupil    journal: organise corrections
POST   /corrections/<uuid:correction_id>/settlement                  302  pupil    journal: settle corrections  educator=000
POST   /corrections/<uuid:correction_id>/answer[settled]             302  pupil    journal: report errors  educator=000
POST   /corrections/<uuid:correction_id>/change                      302  pupil    journal: settle corrections  educator=000
GET    /notices                                                      200  -        notify: see own notices
POST   /notices/<uuid:notice_id>/read                                302  notice   notify: see own notices
POST   /notices/read                                                 302  -        notify: see own notices
POST   /notices/preferences                                          302  -        notify: see own notices
GET    /journal                                                      200  -        journal: read pages
GET    /journal/<uuid:page_id>                                       200  page     journal: read pages
GET    /journal/<uuid:page_id>/data                                  200  page     journal: read pages
GET    /journal/<uuid:page_id>/finals                                200  page     journal: read pages
GET    /journal/<uuid:page_id>/finals/data                           200  page     journal: read pages
POST   /journal/<uuid:page_id>/finals/<column>                       200  page     journal: write on pages
GET    /finals                                                       200  -        journal: follow final marks
GET    /finals/classes/<uuid:group_id>                               200  group    journal: follow classes
GET    /finals/classes/<uuid:group_id>/summary.pdf                   200  group    reporting: print summaries
GET    /journal/<uuid:page_id>/revisions                             200  page     journal: read pages
GET    /journal/<uuid:page_id>/spread.pdf                            200  page     reporting: read pages
GET    /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/homework     200  page     journal: read pages
POST   /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/tasks        302  page     journal: write on pages
POST   /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/tasks/<int:slot>  302  page  journal: write on pages
POST   /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/tasks/<int:slot>/withdrawal  302  page  journal: write on pages
POST   /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/homework/copies  302  page  journal: write on pages
GET    /tasks/<uuid:task_id>/answers                                 200  page     journal: read pages
POST   /answers/<uuid:answer_id>/replies                             302  page     journal: reply to answers
GET    /homework-load                                                200  -        journal: follow homework           class_teacher=>
GET    /homework-load/<uuid:group_id>                                200  group    journal: follow homework
GET    /diary/tasks/<uuid:task_id>?pupil_id=<pupil_id>               200  page     journal: read tasks
POST   /diary/tasks/<uuid:task_id>                                   302  page     journal: hand in answers
GET    /files/<uuid:file_id>                                         200  file     journal: read files
POST   /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/entries      200  page     journal: write on pages
PUT    /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/entries/<int:slot>/<uuid:pupil_id>/comment  200  page     journal: write on pages
PUT    /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/entries/<int:slot>/<uuid:pupil_id>/due[awaited]  200  page     journal: write on pages
PUT    /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/description  200  page     journal: write on pages
PUT    /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/works/<int:slot>  200  page     journal: write on pages
DELETE /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/works/<int:slot>[emptied]  200  page     journal: write on pages
GET    /journal/<uuid:page_id>/plan                                  200  page     journal: read pages
GET    /plans                                                        200  -        journal: read plans
POST   /plans                                                        302  page     journal: keep plans
GET    /plans/<uuid:plan_id>                                         200  page     journal: read plans
PUT    /plans/<uuid:plan_id>                                         200  page     journal: keep plans  educator=-00
POST   /plans/<uuid:plan_id>/copy                                    302  page     journal: keep plans
POST   /plans/<uuid:plan_id>/deletion[not followed]                  302  page     journal: keep plans  educator=-00
POST   /plans/<uuid:plan_id>/pages                                   302  page     journal: keep plans
POST   /plans/import                                                 200  -        journal: keep plans
GET    /plans/template                                               200  -        journal: keep plans
GET    /plans/<uuid:plan_id>/export                                  200  page     journal: read plans
GET    /fulfilment                                                   200  -        journal: follow programmes
GET    /fulfilment/<uuid:page_id>                                    200  page     journal: read pages
POST   /fulfilment/<uuid:page_id>/topics/<uuid:topic_id>             302  page     journal: write on pages
GET    /diary/programmes                                             200  -        journal: read a diary          staff=n
GET    /diary/programmes?pupil_id=<pupil_id>                         200  pupil    journal: read a diary
GET    /healthz                                                      200  -        anybody
GET    /readyz                                                       200  -        anybody
GET    /metrics                                                      200  -        anybody
"""

TEXTS = {
    "identity": EVERY_SERVICE + IDENTITY,
    "schedule": EVERY_SERVICE + SCHEDULE,
    "journal": EVERY_SERVICE + JOURNAL,
    "reporting": EVERY_SERVICE + REPORTING,
    "notify": EVERY_SERVICE + NOTIFY,
    "portal": PORTAL,
}


@dataclass(frozen=True)
class Row:
    """One endpoint, or one of its states or queries, and what everybody gets there."""

    program: str
    method: str
    address: str
    state: str
    done: int
    whose: str
    action: str
    cells: dict[str, str]

    @property
    def rule(self) -> str:
        """The route's own rule."""
        return self.address.partition("?")[0]

    @property
    def endpoint(self) -> tuple[str, str, str]:
        """What a route is known by."""
        return self.program, self.method, self.rule

    def __str__(self) -> str:
        """Name the row as the tests' ids do."""
        state = f" [{self.state}]" if self.state else ""
        return f"{self.program} {self.method} {self.address}{state}"

    def signs(self, caller: str) -> dict[str, str]:
        """Return the sign of each relation there is for a caller."""
        cell = self.cells[caller]
        if self.whose == "-":
            return {"own": cell} if cell != "." else {}
        signs = cell * 3 if len(cell) == 1 else cell
        return {relation: sign for relation, sign in zip(RELATIONS, signs, strict=True) if sign != "."}

    def status(self, sign: str) -> int:
        """Return the status a sign stands for."""
        return self.done if sign == "+" else STATUSES[sign]


def _row(program: str, line: str) -> Row:
    method, _, said = line.partition(" ")
    address, done, whose, action, *rest = re.split(r"\s{2,}", said.strip())
    bare, _, state = address.removesuffix("]").partition("[")
    refused = rest.pop(0) if rest and "=" not in rest[0] else "0"
    row = Row(program, method, bare, state, int(done), whose, action, {})
    for caller in CALLERS:
        row.cells[caller] = _cell(row, caller, refused)
    for names, _, cell in (one.partition("=") for one in rest):
        row.cells.update(dict.fromkeys(GROUPS.get(names, (names,)), cell))
    return row


def _cell(row: Row, caller: str, refused: str) -> str:
    """Work out what a caller gets, from what the policy says of the row's action."""
    if row.program == "portal" and caller in CLIENTS:
        return "."
    if row.action == ANYBODY:
        return "+"
    if caller == "anonymous":
        return "!"
    service, _, action = row.action.rpartition(": ")
    rule = policy.rule(service or row.program, action)
    reached = _reached(rule, caller)
    if not reached:
        return "x" if caller == "newcomer" and row.program == "portal" else "-"
    done = "c" if row.state == "period closed" and rule.period == "open" else "+"
    if row.whose == "-":
        return done
    wide = reached in ("school", "everything") and row.whose not in BELONGINGS
    no = refused[-1] if wide else refused[0]
    own = done if _has_own(row.whose, caller, reached) else no
    foreign = "." if row.whose == "school" else done if wide else no
    return own + foreign + (done if reached == "everything" else no)


def _reached(rule: policy.Rule, caller: str) -> str:
    """Return about whose things a caller may do it; empty when about nobody's."""
    if caller == "newcomer":
        return "self" if rule.scope == "password" else ""
    if caller in CLIENTS:
        reach = "everything" if caller == "service" else "school"
        return reach if rule.scope == CLIENTS[caller] else ""
    return rule.relations.get(caller, "")


def _has_own(whose: str, caller: str, reached: str) -> bool:
    """Whether there is such a thing that is the caller's own."""
    if whose == "notice":  # The teacher's marks were told to the pupil and the parent.
        return caller in policy.FAMILY
    return reached != "self" or whose in BELONGINGS or caller == "pupil"


ROWS = [_row(program, line) for program, text in TEXTS.items() for line in text.splitlines() if line]
