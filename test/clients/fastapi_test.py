"""examples/fastapi: the application over HTTP, and its page in a real browser.

With SCREENSHOTS=directory the browser's pictures are kept there.
"""
import contextlib
import json
import os
import re
import socket
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import uvicorn
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../examples/fastapi"))
import app as application  # noqa: E402
from tap import check, done, same  # noqa: E402

@contextlib.contextmanager
def served():
    """The application on a free port of the loopback interface."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application.app, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield "http://127.0.0.1:%d" % listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def events(response):
    return [json.loads(line[len("data: "):]) for line in response.text.splitlines() if line.startswith("data: ")]


# ---------------------------------------------------------------- over HTTP

def over_http(url):
    ann = httpx.Client(base_url=url, headers={"X-User": "ann"}, timeout=60)
    bob = httpx.Client(base_url=url, headers={"X-User": "bob"}, timeout=60)

    made = ann.post("/tasks", json={"title": "Buy milk", "description": "two litres"})
    same((made.status_code, made.json()["title"], made.json()["completed"]), (201, "Buy milk", False), "a task is created")
    path = "/tasks/%d" % made.json()["id"]
    same(ann.get(path).json()["description"], "two litres", "... and read")
    same([bob.request(m, path, json=j).status_code for m, j in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None))],
         [404, 404, 404], "for somebody else it is not there")
    same(ann.patch(path, json={"completed": True, "description": None}).json()["description"], None, "a null is set")
    same(ann.patch(path, json={"completed": False}).json()["title"], "Buy milk", "what is absent stays")
    refused = ann.post("/tasks", json={"titel": "x", "completed": None})
    same((refused.status_code, sorted((e["loc"], e["type"]) for e in refused.json()["detail"])),
         (422, [(["completed"], "null"), (["titel"], "unexpected"), (["title"], "missing")]), "422 with all that is wrong")
    same(ann.post("/tasks", json={"title": "x", "conversation_id": 999}).status_code, 409, "409 for a reference that leads nowhere")
    same(httpx.get(url + "/tasks").status_code, 401, "401 without a user")
    same(ann.get("/tasks", params={"scope": "none"}).status_code, 422, "422 for a scope that there is not")
    same(ann.delete(path).status_code, 204, "a task is deleted")
    same([ann.delete(path).status_code, ann.get(path).status_code], [404, 404], "... and is gone")
    same(ann.post(path + "/restore").json()["id"], made.json()["id"], "... and brought back")
    for n in range(5):
        ann.post("/tasks", json={"title": "task %d" % n})
    page = ann.get("/tasks", params={"take": 4}).json()
    rest = ann.get("/tasks", params={"take": 4, "cursor": page["next_cursor"]}).json()
    same((len(page["items"]), len(rest["items"]), rest["next_cursor"]), (4, 2, None), "pages by cursor")
    same(bob.get("/tasks", params={"cursor": page["next_cursor"]}).status_code, 422, "a cursor is its owner's")
    same(ann.get("/tasks/1e3").status_code, 422, "FastAPI's own 422 has the same shape")
    before = len(ann.get("/tasks").json()["items"])
    same([ann.post("/tasks", json=items).status_code for items in ([], [{"title": "x"}], [{"title": "x"}, {"title": "y"}], "x")],
         [422] * 4, "POST takes one task: an array is refused")
    same(ann.post("/tasks", json=[{"title": "x"}]).json()["detail"][0]["msg"], "expected an object", "... and says why")
    same(len(ann.get("/tasks").json()["items"]), before, "... and nothing is made of it")
    same([ann.patch(path, json=[]).status_code, ann.patch(path, json=[{"title": "x"}]).status_code], [422, 422], "nor is an array a patch")
    same([ann.get("/tasks/99999999999999999999").status_code, ann.get("/tasks", params={"take": 99999999999}).status_code], [422, 422],
         "422 for a number that the argument's type does not hold: asyncpg's 22000")
    same([ann.post("/tasks", json={"title": "\0"}).status_code, ann.get("/tasks", params={"scope": "\0"}).status_code], [422, 422],
         "422 for a character that PostgreSQL does not store")


def chatting(url):
    eve = httpx.Client(base_url=url, headers={"X-User": "eve"}, timeout=60)

    said = eve.post("/chat", json={"content": "add Water the plants", "client_key": "k1"})
    seen = events(said)
    same([e["message"]["role"] for e in seen if "message" in e], ["user", "assistant", "tool", "assistant"],
         "a turn: the user, the call of a tool, its result, the answer")
    same("".join(e["piece"] for e in seen if "piece" in e), seen[-1]["message"]["content"], "the answer comes in pieces")
    same([t["title"] for t in eve.get("/tasks").json()["items"]], ["Water the plants"], "the tool has done it")
    again = events(eve.post("/chat", json={"content": "add Water the plants", "client_key": "k1"}))
    same(([e["message"]["id"] for e in again], len(eve.get("/tasks").json()["items"])), ([seen[0]["message"]["id"]], 1),
         "sent again: the same message, and nothing is done twice")
    conversation = seen[0]["message"]["conversation_id"]
    bad = events(eve.post("/chat", json={"content": "add", "conversation_id": conversation}))
    check("title" in bad[-1]["message"]["content"], "an error of a tool is something that the model can tell", bad[-1])
    same(events(eve.post("/chat", json={"content": "done 99999", "conversation_id": conversation}))[-1]["message"]["content"],
         "There is no such task.", "a task that is not there")
    listed = events(eve.post("/chat", json={"content": "list", "conversation_id": conversation}))[-1]["message"]["content"]
    check("Water the plants" in listed, "the model reads the list", listed)
    same(eve.post("/chat", json={"content": "x", "conversation_id": 999999}).status_code, 409, "a conversation that is not there")
    bob = httpx.Client(base_url=url, headers={"X-User": "bob"}, timeout=60)
    same([bob.post("/chat", json={"content": "x", "conversation_id": conversation}).status_code,
          bob.get("/conversations/%d" % conversation).status_code], [409, 404], "... and somebody else's")
    overview = eve.get("/conversations").json()["items"]
    same((len(overview), overview[0]["messages_count"], overview[0]["messages"][0]["content"]), (1, 16, listed),
         "the list of conversations has the last message and the number of messages of each")
    with psycopg.connect() as conn:
        same(conn.execute("SELECT count(*) FROM message WHERE status <> 'complete'").fetchone()[0], 0, "nothing is left streaming")


def many_at_once(url):
    """A thousand requests of a hundred users over the application's pool of ten connections."""
    with httpx.Client(base_url=url, timeout=120, limits=httpx.Limits(max_connections=50)) as client:
        def one(n):
            return client.post("/tasks", json={"title": "n%d" % n}, headers={"X-User": "user%d" % (n % 100)}).status_code
        with ThreadPoolExecutor(50) as threads:
            same(set(threads.map(one, range(1000))), {201}, "a thousand requests at once")
        counts = {len(client.get("/tasks", headers={"X-User": "user%d" % n}).json()["items"]) for n in range(100)}
        same(counts, {10}, "each user has his own tasks, all of them")


# ---------------------------------------------------------------- in a browser

@contextlib.contextmanager
def browser():
    with tempfile.TemporaryDirectory() as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("headless", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "disable-quic", "no-first-run",
                         "disable-background-networking", "disable-component-update", "disable-sync",
                         "window-size=1100,760", "user-data-dir=" + profile):
            options.add_argument("--" + argument)
        driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        try:
            yield driver
        finally:
            driver.quit()


def in_browser(url):
    with browser() as driver:
        def texts(selector):
            return driver.execute_script("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector)

        def reaches(selector, predicate, name):
            """The page gets there, however long that takes."""
            try:
                WebDriverWait(driver, 300).until(lambda _: predicate(texts(selector)))
                check(True, name)
            except TimeoutException:
                check(False, name, texts(selector))

        def shows(selector, expected, name):
            reaches(selector, lambda seen: seen == expected, name)

        def enter(id, text):
            driver.find_element(By.ID, id).send_keys(text, Keys.ENTER)

        def picture(name):
            if os.environ.get("SCREENSHOTS"):
                driver.save_screenshot(os.path.join(os.environ["SCREENSHOTS"], name))

        def become(user):
            field = driver.find_element(By.ID, "user")
            field.send_keys(Keys.CONTROL, "a")
            field.send_keys(user, Keys.TAB)

        driver.get(url)
        become("zoe")
        shows("#tasks li span", [], "a new user has no task")
        enter("title", "Call the dentist")
        shows("#tasks li span", ["Call the dentist"], "a task is added")
        enter("content", "add Buy milk")
        shows("#tasks li span", ["Buy milk", "Call the dentist"], "the chatbot adds one")
        shows("#messages li.assistant", ["I have added it."], "... and says so")
        reaches("#messages li.tool", lambda seen: len(seen) == 2 and seen[0] == 'create_task({"title":"Buy milk"})',
                "... having called a tool: call and result are shown")
        driver.find_element(By.CSS_SELECTOR, "#tasks li input").click()
        shows("#tasks li.done span", ["Buy milk"], "a task is done")
        enter("content", "what is left?")
        reaches("#messages li.assistant:last-child", lambda seen: re.fullmatch(r"\d+\. Call the dentist", "".join(seen)),
                "what is done is not left")
        picture("chat.png")
        enter("title", " ")
        shows("#problem", [""], "a blank title is a title")
        enter("title", "")
        shows("#problem", ["title: title must not be empty"], "an empty one is not: the database says why")
        picture("error.png")
        driver.refresh()
        become("zoe")
        shows("#messages li.user", ["add Buy milk", "what is left?"], "after a reload the conversation is there")
        become("yan")
        shows("#tasks li span", [], "another user sees none of it")
        shows("#messages li", [], "... nor the chat")
        enter("title", "<b>bold</b>")
        shows("#tasks li span", ["<b>bold</b>"], "what people type is text")


with served() as address:
    over_http(address)
    chatting(address)
    many_at_once(address)
    in_browser(address)
sys.exit(done())
