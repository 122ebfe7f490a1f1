"""R1 to R3: applications of one factory, side by side, as visitors see them."""


def test_two_applications_answer_by_their_own_settings(make_app, new_client):
    closed_app = make_app(REGISTRATION="closed", SITE_URL="https://closed.example")
    at_closed = {"base_url": "https://closed.example"}
    assert new_client().get("/auth/register").status_code == 200
    assert new_client(closed_app).get("/auth/register", **at_closed).status_code in {403, 404}
    assert "__Host-" not in new_client().get("/auth/login").headers["Set-Cookie"]
    assert "__Host-" in new_client(closed_app).get("/auth/login", **at_closed).headers["Set-Cookie"]
    assert new_client().get("/", **at_closed).status_code == 400


def test_every_feature_answers_below_its_prefix(client, cast, sign_in):
    sign_in(client, cast.ada)
    prefixes = {
        "/": "text/html",
        "/auth/profile": "text/html",
        "/blog/": "text/html",
        "/admin/": "text/html",
        "/api/v1/posts": "application/json",
        "/health": "application/json",
    }
    answers = {path: client.get(path) for path in prefixes}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(prefixes, 200)
    assert {path: answer.mimetype for path, answer in answers.items()} == prefixes


def test_a_page_is_put_together_of_templates_that_escape(client, cast, sign_in):
    sign_in(client, cast.ada)
    title = "Tom & Jerry <script>alert(1)</script>"
    client.fill_in("/blog/create", title=title, body="A **bold** text.", button="publish")
    page = client.read("/blog/post/tom-jerry-script-alert-1-script")
    assert page.text("//h1") == title
    # The head, the masthead and the footer come from the parent template.
    assert page.text("//title").startswith(title)
    assert page.all("//header")
    assert page.all("//footer")


def test_the_log_gets_a_line_for_a_request(make_live_site):
    site = make_live_site(LOG_LEVEL="INFO", LOG_FORMAT="json", LOG_FILE="access.log")
    site.start()
    site.stop()
    text = (site.home / "access.log").read_text(encoding="utf-8")
    assert '"path": "/theme.css"' in text or '"path":"/theme.css"' in text
