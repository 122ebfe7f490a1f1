import pytest

pytestmark = pytest.mark.databases("sqlite")


def test_pasted_rich_text_comes_back_as_markdown(client, cast, sign_in):
    walt = sign_in(cast.walt)
    headers = {"X-CSRF-Token": walt.form_token()}
    answer = walt.post(
        "/blog/paste", json={"html": "<p>A <b>bold</b> word<script>x</script></p>"}, headers=headers
    )
    assert answer.get_json() == {"markdown": "A **bold** word"}
    assert walt.post("/blog/paste", json={"html": "a"}).status_code == 400
    assert walt.post("/blog/paste", json={"html": 1}, headers=headers).status_code == 422
    assert client.post("/blog/paste", json={"html": "a"}).status_code in {400, 401}
