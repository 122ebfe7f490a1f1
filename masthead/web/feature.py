"""HTTP plumbing: form tokens, error pages, limits, the API document."""

from masthead.features import Feature
from masthead.web import errors, unavailable
from masthead.web.api import idempotency
from masthead.web.api import views as api_document
from masthead.web.forms import csrf_protection
from masthead.web.limits import throttling

feature = Feature(
    name="web",
    api=((api_document.bp, ""),),
    tasks=(throttling, idempotency),
    init=(csrf_protection.init_app, errors.init_app, unavailable.init_app),
)
