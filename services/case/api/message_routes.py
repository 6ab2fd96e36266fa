"""The addresses of words to people: messages, contacts, results of deliveries."""

from services.case.api import message_bodies, messages
from services.case.api.route import Route
from services.case.domain import errors

CASE = (errors.CaseUnknown, errors.NotAllowed)

ROUTES = (
    Route(
        "GET", "/cases/{ref}/messages", messages.list_messages, "read", "What was said to whom, and what became of it",
        refusals=CASE,
    ),
    Route(
        "GET", "/cases/{ref}/contacts", messages.list_contacts, "contacts", "How the parties are reached",
        refusals=CASE,
    ),
    Route(
        "PUT", "/cases/{ref}/contacts/{party}", messages.put_contact, "contacts", "Record how a party is reached",
        message_bodies.PutContact, refusals=(*CASE, errors.NotAParty, errors.Erased),
    ),
    Route(
        "POST", "/results", messages.take_results, "scope:results", "Say what became of deliveries",
        list[message_bodies.ResultRecord], refusals=(errors.NotAllowed,), patience=60,
    ),
)  # fmt: skip
