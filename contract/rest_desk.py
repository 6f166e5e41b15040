"""What an expert's screen begins with."""

from contract.events import AlertRaised, ConversationBrief
from contract.rest_experts import Expert, Me
from contract.rest_sites import Site
from contract.shapes import Message, Out


class Desk(Out):
    """All an expert's screen needs to begin; the events of the socket continue it."""

    me: Me
    alerts: list[AlertRaised]
    conversations: list[ConversationBrief]
    experts: list[Expert]
    sites: list[Site]


class Transcript(Out):
    messages: list[Message]
