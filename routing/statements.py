"""The statements of bells, built once: what raises, moves, answers and ends an alert, and what is noted of a choice."""

from sqlalchemy import and_, bindparam, insert, or_, select, update

from access.tables import account, account_site
from routing.tables import ASKED, RINGING, alert, decision, expert, ring
from store.prepared import InsertNew, Prepared

SAME = alert.c.id == bindparam("alert")
NEWER = alert.c.version + 1
OPEN_RINGS = and_(ring.c.alert_id == bindparam("alert"), ring.c.outcome.is_(None))

RAISE = InsertNew(alert)
RING = Prepared(insert(ring))
RING_NEW = InsertNew(ring)
DECIDE = Prepared(insert(decision))
DECIDED = Prepared(
    update(decision)
    .where(decision.c.alert_id == bindparam("alert"), decision.c.outcome == "ringing")
    .values(outcome=bindparam("came_of_it"))
)
LOCKED = Prepared(select(alert).where(SAME).with_for_update())
LOCKED_IF_FREE = Prepared(select(alert).where(SAME).with_for_update(skip_locked=True))
#: Whoever changes a person holds their account, then their desk. The sites are looked at once it is held.
HELD_ACCOUNT = Prepared(
    select(account.c.id)
    .where(account.c.id == bindparam("expert"), account.c.active, account.c.role == "expert")
    .with_for_update(read=True)
)
AT_SITE = Prepared(
    select(account_site.c.site_id).where(
        account_site.c.account_id == bindparam("expert"), account_site.c.site_id == bindparam("site")
    )
)
LOCKED_DESK = Prepared(select(expert).where(expert.c.id == bindparam("expert")).with_for_update())
CLAIM_DUE = Prepared(
    select(alert)
    .where(RINGING, or_(alert.c.due_at <= bindparam("now"), alert.c.gone_at <= bindparam("now")))
    .order_by(alert.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
#: Never waits: it comes after other locks. An alert that somebody holds is being moved by them.
RINGING_AT = Prepared(
    select(alert)
    .where(
        RINGING,
        alert.c.id.in_(
            select(ring.c.alert_id).where(ring.c.expert_id == bindparam("expert"), ring.c.outcome.is_(None))
        ),
    )
    .order_by(alert.c.id)
    .with_for_update(skip_locked=True)
)
LEFT = Prepared(
    update(ring).where(OPEN_RINGS, ring.c.expert_id == bindparam("expert")).values(outcome=bindparam("came_of_it"))
)
RING_AGAIN = Prepared(
    update(ring)
    .where(
        ring.c.alert_id == bindparam("alert"),
        ring.c.expert_id == bindparam("expert"),
        ring.c.rung == bindparam("on"),
    )
    .values(outcome=None, at=bindparam("now"), until=bindparam("to"))
)
BUSY = Prepared(update(expert).where(expert.c.id == bindparam("expert")).values(busy=bindparam("full")))
STOP_RINGING = Prepared(update(ring).where(OPEN_RINGS).values(outcome=bindparam("came_of_it")))
RING_LONGER = Prepared(update(ring).where(OPEN_RINGS).values(at=bindparam("now"), until=bindparam("to")))
ANSWERED = Prepared(
    update(ring)
    .where(ring.c.alert_id == bindparam("alert"), ring.c.expert_id == bindparam("expert"))
    .values(outcome=bindparam("came_of_it"))
)
ACCEPTED_HERE = Prepared(
    update(ring)
    .where(
        ring.c.alert_id == bindparam("alert"),
        ring.c.expert_id == bindparam("expert"),
        ring.c.rung == bindparam("on"),
    )
    .values(outcome="accepted")
)
CLIMB = Prepared(
    update(alert)
    .where(SAME)
    .values(rung=bindparam("to"), due_at=bindparam("until"), why=bindparam("reasons"), version=NEWER)
)
RUNG = Prepared(update(alert).where(SAME).values(rung=bindparam("to"), due_at=bindparam("until"), version=NEWER))
BECOMES = Prepared(
    update(alert)
    .where(SAME)
    .values(
        reason=ASKED,
        visit_id=bindparam("seen_in"),
        gone_at=bindparam("left"),
        trigger_id=bindparam("by"),
        occasion=bindparam("of"),
        customer_id=bindparam("known_as"),
        importance=bindparam("weight"),
        why=bindparam("reasons"),
        topic=bindparam("about"),
        raised_at=bindparam("since"),
        due_at=bindparam("until"),
        version=NEWER,
    )
)
FOLLOWS = Prepared(
    update(alert).where(SAME).values(visit_id=bindparam("seen_in"), gone_at=bindparam("left"), version=NEWER)
)
SINCE = Prepared(update(alert).where(SAME).values(raised_at=bindparam("since")))
CHANGED = Prepared(update(alert).where(SAME).values(version=NEWER))
ACCEPT = Prepared(
    update(alert)
    .where(SAME)
    .values(
        state="accepted",
        outcome="accepted",
        expert_id=bindparam("expert"),
        ended_at=bindparam("now"),
        version=NEWER,
    )
)
#: What rings for a visitor, but for one reason, in the order in which everybody locks several.
_OF_VISITOR = (
    select(alert.c.id)
    .where(
        RINGING,
        alert.c.site_id == bindparam("site"),
        alert.c.visitor_id == bindparam("visitor"),
        alert.c.reason != bindparam("but"),
    )
    .order_by(alert.c.id)
)
OF_VISITOR = Prepared(_OF_VISITOR.with_for_update())
OF_VISITOR_IF_FREE = Prepared(_OF_VISITOR.with_for_update(skip_locked=True))
OF_QUESTION = Prepared(
    select(alert.c.id)
    .where(
        RINGING,
        alert.c.site_id == bindparam("site"),
        alert.c.visitor_id == bindparam("visitor"),
        alert.c.reason == ASKED,
        alert.c.trigger_id == bindparam("conversation"),
    )
    .with_for_update()
)
TAKEN = Prepared(
    update(alert)
    .where(SAME, RINGING)
    .values(state="accepted", outcome="taken", expert_id=bindparam("expert"), ended_at=bindparam("now"), version=NEWER)
)
ASSIGNED = Prepared(
    update(expert)
    .where(expert.c.id == bindparam("expert"))
    .values(assigned_at=bindparam("now"), busy=bindparam("full"), missed=0)
)
END = Prepared(
    update(alert)
    .where(SAME, RINGING)
    .values(state="ended", outcome=bindparam("came_of_it"), ended_at=bindparam("now"), version=NEWER)
)
LEAVES = Prepared(
    update(alert)
    .where(alert.c.visit_id == bindparam("visit"), RINGING, alert.c.gone_at.is_distinct_from(bindparam("at")))
    .values(gone_at=bindparam("at"), version=NEWER)
    .returning(alert.c.id)
)
ANNOUNCED = Prepared(
    update(alert).where(SAME, alert.c.announced < bindparam("told")).values(announced=bindparam("told"))
)
