"""What keeps a page from being misused: who may send a form, what a page may load, who may hold it."""

import hmac
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from services.case.domain.errors import FormOutdated
from services.case.web.sessions import Session

PRE_SESSION = "form"  # cookie of somebody who has no session yet, to be sent back by the form they were shown


def cookie_name(name: str, secure: bool) -> str:
    """`__Host-` binds a cookie to this very host over TLS; on a machine of one's own there is no TLS."""
    return f"__Host-{name}" if secure else name


def set_cookie(answer: Response, name: str, value: str, secure: bool) -> None:
    answer.set_cookie(cookie_name(name, secure), value, path="/", secure=secure, httponly=True, samesite="lax")


def clear_cookie(answer: Response, name: str, secure: bool) -> None:
    answer.delete_cookie(cookie_name(name, secure), path="/", secure=secure, httponly=True, samesite="lax")


def refuse_foreign(request: Request) -> None:
    """A form is sent from our own pages only. Raises FormOutdated.

    Pages that say nothing of where they are (`no-referrer`) send `Origin: null`; then the browser itself has to say
    that they are of the same origin.
    """
    origin = request.headers.get("origin", "null")
    if origin == "null":
        if request.headers.get("sec-fetch-site") != "same-origin":
            raise FormOutdated
    elif urlsplit(origin).netloc != request.headers.get("host"):
        raise FormOutdated


def token_for(request: Request, session: Session | None, secure: bool) -> str:
    """What a form on a page for this request has to send: of the session, else of the cookie that comes before it."""
    if session is not None:
        return session.token
    return request.cookies.get(cookie_name(PRE_SESSION, secure)) or secrets.token_urlsafe(24)


def refuse_unproven(request: Request, session: Session | None, sent: str, secure: bool) -> None:
    """Raises FormOutdated where the form does not send the token that its page was given."""
    known = session.token if session is not None else request.cookies.get(cookie_name(PRE_SESSION, secure), "")
    if not known or not hmac.compare_digest(known.encode(), sent.encode()):
        raise FormOutdated


def guard(answer: Response, provider: str, unnamed: bool = False) -> None:
    """Headers of every page. `provider`: where signing out may lead, "" for nowhere."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": f"'self' {provider}".strip(),
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    answer.headers.setdefault("Content-Security-Policy", "; ".join(f"{k} {v}" for k, v in policy.items()))
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer" if unnamed else "same-origin"
    answer.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    answer.headers["X-Robots-Tag"] = "noindex"
