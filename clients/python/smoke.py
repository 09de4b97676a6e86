"""A client made from reflection alone: registers, reads, follows the board, and is refused properly.

Usage: python smoke.py 127.0.0.1:7433
"""

import sys
import uuid

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)


class Client:
    """Calls any RPC by its full name, as a caller a proxy vouches for."""

    def __init__(self, address: str) -> None:
        self.channel = grpc.insecure_channel(address)
        self.pool = DescriptorPool(ProtoReflectionDescriptorDatabase(self.channel))

    def method(self, name: str):
        service, _, rpc = name.rpartition(".")
        found = self.pool.FindServiceByName(service).FindMethodByName(rpc)
        request = message_factory.GetMessageClass(found.input_type)
        answer = message_factory.GetMessageClass(found.output_type)
        return f"/{service}/{rpc}", request, answer

    def headers(self, roles: str):
        return (("x-bidao-principal", roles), ("x-bidao-roles", roles), ("x-bidao-area", "*"))

    def ask(self, name: str, roles: str, **fields):
        path, request, answer = self.method(name)
        call = self.channel.unary_unary(path, request.SerializeToString, answer.FromString)
        return call(request(**fields), metadata=self.headers(roles), timeout=10)

    def follow(self, name: str, roles: str, **fields):
        path, request, answer = self.method(name)
        call = self.channel.unary_stream(path, request.SerializeToString, answer.FromString)
        return call(request(**fields), metadata=self.headers(roles), timeout=30)


def main(address: str) -> None:
    client = Client(address)
    units = client.ask("bidao.org.v1.OrgService.GetTree", "operator").units
    grid = next(unit for unit in units if unit.rung == 1)
    matter = {"nature": 2, "category": "住房", "place_unit_id": grid.id, "title": "屋顶漏雨"}
    request_id = str(uuid.uuid4())
    register = "bidao.intake.v1.IntakeService.Register"
    filed = client.ask(register, "hotline", matter=matter, source=1, request_id=request_id)
    again = client.ask(register, "hotline", matter=matter, source=1, request_id=request_id)
    assert again.receipt.repeated and again.issue_id == filed.issue_id, "one id, one effect"

    board = client.follow("bidao.issue.v1.IssueService.WatchBoard", "leader")
    for message in board:
        if message.issue.id == filed.issue_id:
            token = message.resume_token
            break
    board.cancel()

    get = "bidao.issue.v1.IssueService.GetIssue"
    file = client.ask(get, "leader", issue_id=filed.issue_id, min_position=filed.receipt.position)
    assert file.issue.row.stage == "dispatched", file.issue.row.stage
    assert file.issue.title == "屋顶漏雨"

    other = client.follow(
        "bidao.issue.v1.IssueService.WatchBoard", "leader", stage="closed", resume_token=token
    )
    try:
        next(other)
        raise AssertionError("a token of another filter was taken")
    except grpc.RpcError as refused:
        assert refused.code() == grpc.StatusCode.OUT_OF_RANGE, refused.code()

    try:
        client.ask(get, "leader", issue_id=str(uuid.uuid4()))
        raise AssertionError("an unknown issue was found")
    except grpc.RpcError as refused:
        assert refused.code() == grpc.StatusCode.NOT_FOUND, refused.code()
    print("python client: ok")


if __name__ == "__main__":
    main(sys.argv[1])
