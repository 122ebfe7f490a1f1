"""Signing in, and everything that must not sign anybody in."""

import base64
import json
import time

import jwt
import pytest


def test_a_client_signs_in_renews_and_signs_out(as_, call, cast):
    walt = as_(cast.walt)
    assert walt.tokens.keys() == {"access_token", "refresh_token", "token_type", "expires_in", "user"}
    assert (walt.tokens["token_type"], walt.tokens["expires_in"]) == ("Bearer", 3600)
    assert walt("GET", "/auth/me").json["username"] == cast.walt.username
    renewed = call("POST", "/auth/refresh", token=walt.tokens["refresh_token"])
    assert renewed.status_code == 200
    assert call("GET", "/auth/me", token=renewed.json["access_token"]).status_code == 200
    assert call("POST", "/auth/logout", token=renewed.json["refresh_token"]).status_code == 204
    for token in (walt.tokens["access_token"], renewed.json["access_token"]):
        assert call("GET", "/auth/me", token=token).status_code == 401


def test_a_refresh_token_that_is_used_again_ends_its_family(as_, call, cast):
    first = as_(cast.walt).tokens
    second = call("POST", "/auth/refresh", token=first["refresh_token"]).json
    assert call("POST", "/auth/refresh", token=first["refresh_token"]).status_code == 401
    assert call("POST", "/auth/refresh", token=second["refresh_token"]).status_code == 401
    assert call("GET", "/auth/me", token=second["access_token"]).status_code == 401
    assert as_(cast.walt)("GET", "/auth/me").status_code == 200


def test_another_process_learns_at_once_that_a_family_has_ended(as_, call, cast, make_app, new_client):
    other = type(call)(new_client(make_app()))
    first = as_(cast.walt).tokens
    second = call("POST", "/auth/refresh", token=first["refresh_token"]).json
    assert other("GET", "/auth/me", token=second["access_token"]).status_code == 200
    assert call("POST", "/auth/refresh", token=first["refresh_token"]).status_code == 401
    for token in (first["access_token"], second["access_token"]):
        assert other("GET", "/auth/me", token=token).status_code == 401
    assert other("POST", "/auth/refresh", token=second["refresh_token"]).status_code == 401


def test_of_many_parallel_refreshes_at_most_one_lives(as_, call, cast, in_parallel, new_client):
    token = as_(cast.walt).tokens["refresh_token"]
    clients = [new_client() for _ in range(8)]
    answers = []
    calls = [
        lambda client=client: answers.append(
            client.post("/api/v1/auth/refresh", headers={"Authorization": f"Bearer {token}"})
        )
        for client in clients
    ]
    assert in_parallel(*calls) == []
    living = [
        answer
        for answer in answers
        if answer.status_code == 200
        and call("GET", "/auth/me", token=answer.json["access_token"]).status_code == 200
    ]
    assert len(living) <= 1


@pytest.mark.parametrize("deed", ["disable", "set-password", "sign out everywhere"])
def test_what_signs_a_person_out_ends_their_tokens_at_once(as_, cast, invoke, sign_in, deed):
    walt = as_(cast.walt)
    if deed == "disable":
        assert invoke("user", "disable", cast.walt.username).returncode == 0
    elif deed == "set-password":
        made = invoke("user", "set-password", cast.walt.username, "--password", "an entirely new secret")
        assert made.returncode == 0, made.stderr
    else:
        assert invoke("user", "set-role", cast.walt.username, "reader").returncode == 0
    assert walt("GET", "/auth/me").status_code == 401


def test_unknown_accounts_and_wrong_passwords_answer_alike(call, cast):
    answers = [
        call("POST", "/auth/login", {"email": email, "password": "not the right one"})
        for email in (cast.walt.email, "nobody@example.org")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json | {"request_id": ""} == answers[1].json | {"request_id": ""}


def test_registration_answers_alike_and_signs_nobody_in(call, cast):
    answers = [
        call(
            "POST", "/auth/register", {"username": name, "email": email, "password": "an entirely new secret"}
        )
        for name, email in (("someone", cast.walt.email), ("nora", "nora@example.org"))
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert (
        call("POST", "/auth/register", {"username": "nora", "email": "x", "password": "short"}).status_code
        == 422
    )


def test_the_session_cookie_opens_nothing(client, cast, sign_in):
    sign_in(client, cast.ada)
    assert client.get("/api/v1/auth/me").status_code == 401
    assert client.get("/api/v1/posts?status=draft").status_code == 403


def b64(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def forged(app, good):
    """Every token that is not one of ours, by what is wrong with it."""
    key, claims = app.config["JWT_SECRET_KEY"], jwt.decode(good, options={"verify_signature": False})
    header, payload, signature = good.split(".")
    now = int(time.time())

    def signed(secret=key, algorithm="HS256", headers=None, **changed):
        content = {name: value for name, value in (claims | changed).items() if value is not None}
        return jwt.encode(content, secret, algorithm=algorithm, headers=headers)

    yield "nonsense"
    yield "a.b.c"
    yield "." * 3
    yield "x" * 1_000_000
    yield f"{header}.{payload}."
    yield f"{header}.{payload}.{signature[:-4]}AAAA"
    for algorithm in ("none", "None", "nOnE", ""):
        yield f"{b64({'alg': algorithm, 'typ': 'JWT'})}.{payload}."
    yield signed("another-secret-of-more-than-32-characters")
    yield signed("\0" * 32, headers={"kid": "../../../../dev/null"})
    yield signed("x" * 32, headers={"kid": "x' UNION SELECT 'x", "jku": "https://evil.example/keys"})
    own = {"kty": "oct", "k": base64.urlsafe_b64encode(b"x" * 32).decode()}
    yield signed("x" * 32, headers={"jwk": own, "x5u": "https://evil.example/cert", "x5c": ["MII"]})
    yield signed(headers={"crit": ["exp2"], "exp2": 1})
    yield signed(algorithm="HS512")
    yield f"{header}.{payload}.{signature}.{signature}"
    yield f"{b64({'alg': 'RS256', 'typ': 'JWT'})}.{payload}.{signature}"
    yield signed(exp=now - 1)
    yield signed(exp="never")
    yield signed(nbf=now + 3_600)
    yield signed(iat=now + 3_600)
    yield signed(aud="somebody-else")
    yield signed(iss="https://evil.example")
    yield signed(typ="refresh")
    yield signed(sub="-1")
    yield signed(sub="99999999999999999999999")
    yield signed(sub="1 OR 1=1")
    yield signed(fam="none")
    for name in ("iss", "aud", "exp", "iat", "jti", "typ", "fam", "sub"):
        yield signed(**{name: None})


def test_every_forged_token_gets_the_same_answer(app, as_, call, cast):
    ada = as_(cast.ada)
    expected = call("GET", "/auth/me").json | {"request_id": ""}
    tokens = [*forged(app, ada.tokens["access_token"]), ada.tokens["refresh_token"]]
    for token in tokens:
        answer = call("GET", "/auth/me", token=token)
        if answer.status_code == 431:
            # A header of this length is refused before anybody looks into it, by every server alike.
            assert len(token) > 8_000
            assert answer.json["status"] == 431
            continue
        assert (answer.status_code, answer.json | {"request_id": ""}) == (401, expected), token[:80]
        assert call("GET", "/posts", token=token).status_code == 401
    assert call("POST", "/auth/refresh", token=ada.tokens["access_token"]).status_code == 401
    assert ada("GET", "/auth/me").status_code == 200


def test_failed_sign_ins_are_limited(make_app, new_client, cast):
    visitor = new_client(make_app(RATELIMIT_SIGN_IN="2 per minute"))
    body = {"email": cast.walt.email, "password": "wrong"}
    statuses = [visitor.post("/api/v1/auth/login", json=body).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


@pytest.mark.parametrize("path", ["posts?tag=%00", "posts/%ED%A0%80", "none", "posts?page=x"])
def test_nonsense_is_counted_as_well(make_app, new_client, path):
    visitor = new_client(make_app(RATELIMIT_API="2 per minute"))
    answers = [visitor.get(f"/api/v1/{path}") for _ in range(3)]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].status_code == 429


def test_every_answer_tells_what_is_left(make_app, new_client):
    visitor = new_client(make_app(RATELIMIT_API="2 per minute"))
    answers = [visitor.get("/api/v1/posts") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert int(answers[2].headers["Retry-After"]) > 0
