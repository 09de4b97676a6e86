// A client made from the contract alone: presses, lists, follows the board, and is refused properly.
// Usage: npm run smoke -- http://127.0.0.1:7433
import assert from "node:assert/strict";
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { CallService } from "./generated/bidao/call/v1/call_pb.js";
import { DashboardService } from "./generated/bidao/dashboard/v1/dashboard_pb.js";
import { IntakeService, Source } from "./generated/bidao/intake/v1/intake_pb.js";
import { IssueService } from "./generated/bidao/issue/v1/issue_pb.js";
import { OrgService } from "./generated/bidao/org/v1/org_pb.js";
import { Nature, Rung } from "./generated/bidao/common/v1/common_pb.js";

const baseUrl = process.argv[2];
assert(baseUrl, "the server's URL is the first argument");

// A proxy in front states who asks.
const as = (roles: string): Interceptor => (next) => (request) => {
  request.header.set("x-bidao-principal", roles);
  request.header.set("x-bidao-roles", roles);
  request.header.set("x-bidao-area", "*");
  return next(request);
};
const transport = (roles: string) => createGrpcTransport({ baseUrl, interceptors: [as(roles)] });

const tree = await createClient(OrgService, transport("operator")).getTree({});
const grid = tree.units.find((unit) => unit.rung === Rung.GRID);
assert(grid, "the county has a grid");

const stop = new AbortController();
const board = createClient(IssueService, transport("leader")).watchBoard({}, { signal: stop.signal });

const matter = { nature: Nature.HELP, category: "住房", placeUnitId: grid.id, title: "屋顶漏雨" };
const intake = createClient(IntakeService, transport("hotline"));
const filed = await intake.register({ matter, source: Source.IN_PERSON });

for await (const message of board) {
  assert(message.resumeToken !== "", "every message can be taken up again");
  if (message.change.case === "issue" && message.change.value.id === filed.issueId) break;
}
stop.abort();

const calls = createClient(CallService, transport("hotline"));
const pressed = await calls.press({ unitId: grid.id });
const minPosition = pressed.receipt?.position ?? 0n;
const seen = await calls.getCall({ callId: pressed.callId, minPosition });
assert.equal(seen.call?.stage, "ringing");

const figures = await createClient(DashboardService, transport("leader")).getDashboard({ minPosition });
assert((figures.dashboard?.received ?? 0n) >= 1n);
assert(figures.definitions.length > 20, "every figure says what it counts");

const refused = await intake.register({ matter: {}, source: Source.IN_PERSON }).catch((error) => ConnectError.from(error));
assert(refused instanceof ConnectError && refused.code === Code.InvalidArgument);
console.log("typescript client: ok");
