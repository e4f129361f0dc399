"""A server in Python that signs people in, with Flask and Authlib."""

import os
import secrets
from urllib.parse import urlencode

import requests
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, render_template, session, url_for

ISSUER, PORT = os.environ["ISSUER"], int(os.environ["PORT"])

app = Flask(__name__, template_folder=".")
app.config.update(SECRET_KEY=secrets.token_bytes(32), SESSION_COOKIE_NAME="python-session", SESSION_COOKIE_SAMESITE="Lax")
oauth = OAuth(app)
latchkey = oauth.register(
    "latchkey",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email offline_access", "code_challenge_method": "S256"},
    authorize_params={"resource": os.environ["API_AUDIENCE"]},  # the access token is for this API
)
# Tokens stay on the server: Flask's session is a cookie that the browser can read.
tokens = {}


@app.get("/")
def home(answer=None):
    return render_template("page.html", person=session.get("person"), answer=answer)


@app.get("/sign-in")
def sign_in():
    return latchkey.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback():
    token = latchkey.authorize_access_token()  # checks state, nonce, and the ID token
    session.clear()
    session["id"] = secrets.token_urlsafe()
    session["person"] = latchkey.userinfo(token=token)
    tokens[session["id"]] = token
    return redirect("/")


@app.post("/call")
def call():
    token = tokens[session["id"]]
    if token.is_expired():
        token = renewed()
    headers = {"authorization": f"Bearer {token['access_token']}"}
    return home(requests.get(f"{os.environ['API_URL']}/whoami", headers=headers, timeout=10).text)


@app.post("/renew")
def renew():
    renewed()
    return redirect("/")


def renewed():
    old = tokens[session["id"]]
    new = latchkey.fetch_access_token(grant_type="refresh_token", refresh_token=old["refresh_token"])
    tokens[session["id"]] = type(old)({**old, **new})
    return tokens[session["id"]]


@app.post("/sign-out")
def sign_out():
    token = tokens.pop(session["id"])
    session.clear()
    metadata = latchkey.load_server_metadata()
    query = urlencode({"id_token_hint": token["id_token"], "post_logout_redirect_uri": url_for("home", _external=True)})
    return redirect(f"{metadata['end_session_endpoint']}?{query}")


if __name__ == "__main__":
    print(f"The app is at http://localhost:{PORT}/", flush=True)
    app.run(host="127.0.0.1", port=PORT, load_dotenv=False)
