"""Random histories of the small world."""

import random

from shared import operating
from shared.cursors import DIVERGED, PAUSED
from shared.outgoing import Relay
from tests.shared.wire import AllLeases
from tests.shared.world import STREAMS, World, copy, restore


def history(world: World, seed: int) -> bool:
    """Let a random history happen to the world; True when it ends right."""
    chance = random.Random(seed)
    world.begin()
    producer_copy = consumer_copy = None
    for _ in range(chance.randrange(10, 60)):
        does = chance.choices(list(STEPS), list(STEPS.values()))[0]
        messages = world.wire.messages
        place = chance.randrange(len(messages)) if messages else 0
        if does == "write":
            kind = chance.choices(["role", "poison", "deadly", "unheard"], [90, 5, 1, 8])[0]
            world.write(chance.randrange(2), chance.randrange(3), kind)
        elif does == "write and roll back":
            world.write(chance.randrange(2), chance.randrange(3), fails=True)
        elif does == "publish":
            world.publish()
        elif does == "publish without confirm":
            world.wire.breaks_after = chance.randrange(4)
            world.publish()
        elif does == "publish twice":
            world.wire.meanwhile = Relay(world.producer, "identity", lambda: world.wire, AllLeases())
            world.publish()
        elif does == "deliver" and messages:
            world.deliver(range(min(len(messages), chance.choice([1, 1, 2, 5, 20]))))
        elif does == "deliver out of order" and messages:
            world.deliver(chance.sample(range(len(messages)), min(len(messages), chance.randrange(1, 5))))
        elif does == "die before commit" and messages:
            world.dies = True
            world.deliver(range(min(len(messages), chance.choice([1, 3]))))
            world.dies = False
        elif does == "die before ack" and messages:
            world.deliver(range(min(len(messages), 3)), acknowledges=False)
            world.start_consumer()
        elif does == "duplicate" and messages:
            messages.append(messages[place])
        elif does == "lose" and messages:
            del messages[place]
        elif does == "damage" and messages:
            key, body = messages[place]
            hurt = chance.choice([b'"role":', b'"sequence":', b"{", b"identity"])
            messages[place] = key, body.replace(hurt, b'"', 1)
        elif does == "wipe":
            messages.clear()
        elif does == "copy producer":
            producer_copy = copy(world.producer)
        elif does == "restore producer" and producer_copy:
            restore(world.producer, producer_copy)
        elif does == "restore producer, new epoch" and producer_copy:
            restore(world.producer, producer_copy)
            world.new_epoch()
        elif does == "copy consumer":
            consumer_copy = copy(world.consumer)
        elif does == "restore consumer" and consumer_copy:
            restore(world.consumer, consumer_copy)
            world.start_consumer()
        elif does == "catch up":
            world.catch(chance.choice(STREAMS))
        elif does == "compare":
            world.compare()
        elif does == "fix":
            world.fixed = True
        elif does == "retry":
            world.retry()
        elif does == "accept":
            world.accept()
        elif does == "pause" and world.states():
            stream, state = chance.choice(sorted(world.states().items()))
            if state not in (PAUSED, DIVERGED):
                operating.pause(world.consumer, stream)
        elif does == "resume":
            world.resume()
    world.settle()
    return world.ends_right()


STEPS = {
    "write": 30,
    "write and roll back": 2,
    "publish": 16,
    "publish without confirm": 2,
    "publish twice": 3,
    "deliver": 22,
    "deliver out of order": 4,
    "die before commit": 3,
    "die before ack": 2,
    "duplicate": 3,
    "lose": 4,
    "damage": 2,
    "wipe": 1,
    "copy producer": 3,
    "restore producer": 3,
    "restore producer, new epoch": 1,
    "copy consumer": 2,
    "restore consumer": 1,
    "catch up": 5,
    "compare": 4,
    "fix": 1,
    "retry": 2,
    "accept": 3,
    "pause": 1,
    "resume": 2,
}
