"use strict";
const $ = (id) => document.getElementById(id);
let conversation = null;

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { "X-User": $("user").value, "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.ok) return response;
  const { detail } = await response.json();
  // all that is wrong, each with its place
  throw new Error(Array.isArray(detail) ? detail.map((e) => [...e.loc, e.msg].join(": ")).join("\n") : detail);
}

async function attempt(action) {
  $("problem").textContent = "";
  try {
    await action();
  } catch (error) {
    $("problem").textContent = error.message;
  }
}

// ---------------------------------------------------------------- tasks

function taskElement(task) {
  const item = document.createElement("li");
  item.className = task.completed ? "done" : "";
  item.dataset.id = task.id;
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = task.completed;
  box.ariaLabel = "Done";
  box.onchange = () => attempt(async () => {
    await call("PATCH", `tasks/${task.id}`, { completed: box.checked });
    await showTasks();
  });
  const title = document.createElement("span");
  title.textContent = task.title;
  const remove = document.createElement("button");
  remove.textContent = "×";
  remove.ariaLabel = "Delete";
  remove.onclick = () => attempt(async () => {
    await call("DELETE", `tasks/${task.id}`);
    await showTasks();
  });
  item.append(box, title, remove);
  return item;
}

async function showTasks() {
  const page = await (await call("GET", "tasks")).json();
  $("tasks").replaceChildren(...page.items.map(taskElement));
}

// ---------------------------------------------------------------- chat

function messageElement(message) {
  const item = document.createElement("li");
  const calls = message.data && message.data.tool_calls;
  item.className = calls ? "tool" : message.role;
  item.dataset.id = message.id;
  item.textContent = calls ? calls.map((c) => `${c.name}(${JSON.stringify(c.arguments)})`).join("\n") : message.content;
  return item;
}

function showMessage(message) {
  const known = document.querySelector(`#messages [data-id="${message.id}"]`);
  if (known) known.replaceWith(messageElement(message));
  else $("messages").append(messageElement(message));
}

function showPiece({ id, piece }) {
  if (!document.querySelector(`#messages [data-id="${id}"]`)) showMessage({ id, role: "assistant", content: "" });
  document.querySelector(`#messages [data-id="${id}"]`).textContent += piece;
}

// the newest conversation goes on
async function showChat() {
  const { items } = await (await call("GET", "conversations")).json();
  conversation = items.length ? items[0].id : null;
  $("messages").replaceChildren();
  if (conversation !== null) (await (await call("GET", `conversations/${conversation}`)).json()).messages.forEach(showMessage);
}

async function say(content) {
  const response = await call("POST", "chat", { content, conversation_id: conversation, client_key: crypto.randomUUID() });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part; !(part = await reader.read()).done; ) {
    const events = (text + part.value).split("\n\n");
    text = events.pop();
    for (const data of events.map((e) => JSON.parse(e.slice("data: ".length)))) {
      if (data.message) {
        conversation = data.message.conversation_id;
        showMessage(data.message);
      } else {
        showPiece(data);
      }
    }
  }
  await showTasks();
}

// ---------------------------------------------------------------- the page

$("say").onsubmit = (event) => {
  event.preventDefault();
  const content = $("content").value;
  $("content").value = "";
  attempt(() => say(content));
};
$("add").onsubmit = (event) => {
  event.preventDefault();
  attempt(async () => {
    await call("POST", "tasks", { title: $("title").value });
    $("title").value = "";
    await showTasks();
  });
};
const showAll = () => attempt(async () => { await showTasks(); await showChat(); });
$("user").onchange = showAll;
showAll();
