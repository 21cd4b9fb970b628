"""A stand-in for a language model: it reads the conversation and the tools, and answers by rules. Put your provider's client
in the place of reply(); what goes in and comes out has the usual shape."""
import json
import re

RULES = [
    (r"add\b:?\s*(.*)", "create_task", lambda text: {"title": text}),
    (r"(?:what|list|show)\b.*", "list_tasks", lambda text: {"scope": "pending", "sort": "id"}),
    (r"done (\d+)", "update_task", lambda id: {"id": int(id), "patch": {"completed": True}}),
    (r"delete (\d+)", "soft_delete_task", lambda id: {"id": int(id)}),
]


def reply(messages, tools):
    """messages: rows of chat_context; tools: tool_schemas. Answers {"tool_calls": [...]} or {"pieces": [...]}."""
    last = messages[-1]
    if last["role"] == "tool":
        return {"pieces": pieces(explain(messages))}
    known = {tool["name"] for tool in tools}
    for pattern, name, arguments in RULES:
        found = re.fullmatch(pattern, last["content"].strip(), re.IGNORECASE)
        if found and name in known:
            return {"tool_calls": [{"id": "call_%d" % last["id"], "name": name,
                                    "arguments": arguments(*found.groups() or [""])}]}
    return {"pieces": pieces("I can add, list, finish and delete tasks. Try: add Buy milk")}


def explain(messages):
    """What a tool has answered, in words."""
    result = json.loads(messages[-1]["content"])
    name = (messages[-2].get("data") or {}).get("tool_calls", [{}])[-1].get("name")
    if isinstance(result, dict) and "error" in result:
        problems = result["error"]["detail"] or [{"loc": [], "msg": result["error"]["message"]}]
        return "That did not work: " + "; ".join(
            ": ".join([".".join(map(str, p["loc"])), p["msg"]]).lstrip(": ") for p in problems)
    if name == "list_tasks":
        return "\n".join("%d. %s" % (t["id"], t["title"]) for t in result) or "There is nothing left to do."
    if not result or result == []:
        return "There is no such task."
    return {"create_task": "I have added it.", "update_task": "Done."}.get(name, "It is gone.")


def pieces(text):
    """As a model streams: word by word."""
    return re.findall(r"\S+\s*", text)
