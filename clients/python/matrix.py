"""Every RPC × every role, and everything hidden × everything absent: a client that knows the descriptors and the
table of rights, and nothing else.

Whoever has no row is refused before anything is looked at. What is out of the own area, what the caller stands
aside from, and what accuses somebody answers exactly as what does not exist: code, reason and words.

Usage: python matrix.py 127.0.0.1:7433 docs/rights.md
"""

import sys
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.protobuf.descriptor import FieldDescriptor
from google.rpc import error_details_pb2, status_pb2

from smoke import Client

ROLES = ["resident", "device", "hotline", "dispatcher", "handler", "follow-up", "leader", "operator",
         "security", "auditor", "discipline"]
SERVICES = ["access", "admin", "call", "dashboard", "dispatch", "escalation", "intake", "issue", "org", "policy",
            "privacy", "rating", "report", "resolution"]
# What names something that may be hidden.
TARGETS = {"issue_id": "issue", "call_id": "call", "file": "file", "into_issue_id": "issue"}
# Texts that must be of a form.
TEXTS = {"by": "5 日", "review_on": "2030-01-02", "month": "2030-01", "sha256": "0" * 64, "service": "120",
         "phone": "13800000000", "filter": "", "order_by": "", "page_token": "", "resume_token": "", "etag": "",
         "request_id": "", "on_behalf_of_post_id": "", "split_from_issue_id": "", "receipt_code": "A" * 24}
THREADS = 16


def rpcs(client):
    for name in SERVICES:
        service = client.pool.FindServiceByName(f"bidao.{name}.v1.{name.title()}Service")
        for method in service.methods:
            yield f"{service.full_name}.{method.name}", method


def rights(path):
    """Role → RPCs, as the table says."""
    table = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if len(cells) == 2 and cells[0].startswith("`"):
                table[cells[0].strip("`")] = set(cells[1].replace(",", " ").split())
    return table


class Caller:
    def __init__(self, client, roles, post="", area="*"):
        self.client, self.roles, self.post, self.area = client, roles, post, area

    def metadata(self):
        kind = {"resident": "resident", "device": "device"}.get(self.roles, "staff")
        yield from (("x-bidao-principal", f"matrix-{self.roles}"), ("x-bidao-roles", self.roles))
        yield ("x-bidao-kind", kind)
        if self.post:
            yield ("x-bidao-post", self.post)
        if self.area:
            yield ("x-bidao-area", self.area)

    def answer(self, name, method, request):
        """Code, reason and words; of an answer, what it says but for the time."""
        path, asked, answer = self.client.method(name)
        streams = method.server_streaming
        channel = self.client.channel
        make = channel.unary_stream if streams else channel.unary_unary
        call = make(path, asked.SerializeToString, answer.FromString)
        try:
            got = call(request, metadata=tuple(self.metadata()), timeout=20)
            if streams:
                next(got)
                got.cancel()
                return ("OK", "", "")
            if "as_of" in got.DESCRIPTOR.fields_by_name:
                got.ClearField("as_of")
            return ("OK", "", str(got))
        except StopIteration:
            return ("OK", "", "")
        except grpc.RpcError as refused:
            return (refused.code().name, *told(refused))


def told(refused):
    trailing = dict(refused.trailing_metadata() or ())
    status = status_pb2.Status.FromString(trailing.get("grpc-status-details-bin", b""))
    reason = words = ""
    for detail in status.details:
        if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
            info = error_details_pb2.ErrorInfo()
            detail.Unpack(info)
            reason = f"{info.reason} {dict(info.metadata)}"
        if detail.Is(error_details_pb2.LocalizedMessage.DESCRIPTOR):
            localized = error_details_pb2.LocalizedMessage()
            detail.Unpack(localized)
            words = localized.message
    return reason, f"{refused.details()} {words}"


def fill(message, county, depth=0):
    """Something plausible in every field that is not a target."""
    chosen = set()
    for field in message.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        if field.name in TARGETS or (oneof and oneof.name in chosen):
            continue
        if oneof:
            chosen.add(oneof.name)
        repeated = field.is_repeated
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            if depth > 2 or field.message_type.GetOptions().map_entry:
                continue
            if repeated:
                fill(getattr(message, field.name).add(), county, depth + 1)
                continue
            if field.message_type.full_name == "google.protobuf.Timestamp":
                if field.name in ("until", "to", "expires_at"):
                    getattr(message, field.name).FromJsonString("2030-01-01T00:00:00Z")
                continue
            if field.message_type.full_name.startswith("google.protobuf."):
                continue
            getattr(message, field.name).SetInParent()
            fill(getattr(message, field.name), county, depth + 1)
            continue
        value = plain(field, county)
        if value is None:
            continue
        if repeated:
            getattr(message, field.name).append(value)
        else:
            setattr(message, field.name, value)


def plain(field, county):
    if field.type == FieldDescriptor.TYPE_ENUM:
        return field.enum_type.values[1].number
    if field.type == FieldDescriptor.TYPE_BOOL:
        return True
    if field.type == FieldDescriptor.TYPE_STRING:
        if field.name in TEXTS:
            return TEXTS[field.name] or None
        if field.name.endswith("post_id"):
            return county["post"]
        if field.name.endswith("unit_id") or field.name == "unit_id":
            return county["unit"]
        if field.name.endswith("_id"):
            return None
        return "x"
    if field.name in ("page_size", "timeline_before", "min_position", "before", "after", "reporter"):
        return None
    return 1


def every_rpc_by_every_role(client, table):
    """Refused for the role exactly where the table has no row; nothing else was looked at."""
    def one(job):
        name, method, role = job
        rpc = name.rsplit(".", 1)[1]
        request = client.method(name)[1]()
        code, reason, words = Caller(client, role).answer(name, method, request)
        refused = reason.startswith("ROLE_MAY_NOT")
        allowed = role in table[rpc]
        assert refused != allowed, f"{role} {rpc}: {code} {reason} {words}, table says {table[rpc]}"
        return refused

    # Where everybody may, their own secret decides.
    closed = [(name, method) for name, method in rpcs(client) if "everybody" not in table[method.name]]
    jobs = [(name, method, role) for name, method in closed for role in ROLES]
    with ThreadPoolExecutor(THREADS) as pool:
        refused = sum(pool.map(one, jobs))
    print(f"matrix: {len(jobs)} pairs of RPC and role, {refused} refused, as the table says")


def hidden_equals_absent(client, callers, hidden, county):
    """The same answer for what is hidden from the caller as for what is not there."""
    def one(job):
        name, method, field, kind, what, place, caller = job
        answers = []
        for target in (what, str(uuid.uuid4())):
            request = client.method(name)[1]()
            fill(request, county)
            value = f"issue/{target}" if kind == "file" else target
            setattr(request, field, value)
            other = {"merge": "into_issue_id", "into_issue_id": "issue_id"}.get(field)
            if other:
                setattr(request, other, str(uuid.uuid4()))
            code, reason, words = caller.answer(name, method, request)
            answers.append((code, reason, words.replace(target, "…")))
        who = f"{caller.roles} {place}: {name}({field})"
        assert answers[0] == answers[1], f"{who}\n  hidden: {answers[0]}\n  absent: {answers[1]}"
        refused = answers[0][0] in ("NOT_FOUND", "PERMISSION_DENIED", "INVALID_ARGUMENT")
        # A list of what nobody may see is empty.
        assert refused or answers[0] == ("OK", "", ""), f"{who}: {answers[0]}"
        return name, answers[0][0]

    jobs = []
    for name, method in rpcs(client):
        fields = [field.name for field in method.input_type.fields if field.name in TARGETS]
        for field in fields:
            for place, kinds in hidden.items():
                # It asks a second person for what is out of the own area, and for nothing else.
                if method.name == "BreakGlass" and place == "next door":
                    continue
                what = kinds.get("issue" if TARGETS[field] == "file" else TARGETS[field])
                if what:
                    jobs += [(name, method, field, TARGETS[field], what, place, caller) for caller in callers[place]]
    with ThreadPoolExecutor(THREADS) as pool:
        seen = Counter(pool.map(one, jobs))
    reached = {name for (name, code) in seen if code in ("NOT_FOUND", "OK")}
    targeted = {job[0] for job in jobs}
    assert not targeted - reached, f"never got as far as the target: {sorted(targeted - reached)}"
    print(f"matrix: {len(jobs)} questions about what is hidden, of {len(targeted)} RPCs, answered as if it were absent")


def main(address, path):
    client = Client(address)
    units = {unit.name: unit for unit in client.ask("bidao.org.v1.OrgService.GetTree", "operator").units}
    home, grid, next_door = units["桥头村"], units["桥头一网格"], units["柳湾村"]
    secretary, neighbour = home.roster[0].post_id, next_door.roster[0].post_id

    def register(**more):
        matter = {"nature": 2, "category": "住房", "place_unit_id": grid.id, "title": "漏雨", **more}
        return client.ask("bidao.intake.v1.IntakeService.Register", "hotline", matter=matter, source=1).issue_id

    ordinary, kin = register(), register()
    client.ask("bidao.dispatch.v1.DispatchService.NameParty", "leader", issue_id=kin, role=2, post_id=secretary)
    accuse = {"nature": 4, "category": "检举控告", "place_unit_id": grid.id, "title": "收礼", "narrative": "收礼"}
    accusation = client.ask("bidao.intake.v1.IntakeService.RegisterAccusation", "hotline", matter=accuse,
                            accused=[{"post_id": secretary}]).issue_id
    call = client.ask("bidao.call.v1.CallService.Press", "hotline", unit_id=grid.id, caller="13800000000").call_id

    table = rights(path)
    every_rpc_by_every_role(client, table)
    staff = [role for role in ROLES if role not in ("resident", "device")]
    hidden = {
        "next door": {"issue": ordinary, "call": call},
        "kin": {"issue": kin},
        "accused": {"issue": accusation},
        "without the discipline body": {"issue": accusation},
    }
    callers = {
        "next door": [Caller(client, role, neighbour, "") for role in staff],
        "kin": [Caller(client, role, secretary) for role in staff],
        "accused": [Caller(client, role, secretary) for role in staff],
        "without the discipline body": [Caller(client, role) for role in staff if role != "discipline"],
    }
    county = {"post": neighbour, "unit": next_door.id}
    hidden_equals_absent(client, callers, hidden, county)


if __name__ == "__main__":
    main(*sys.argv[1:])
