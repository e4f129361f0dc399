// Stands in for Lambda's managed Node runtime, which is not available outside of it: asks the Runtime API for an event, hands it
// to the function, and answers. As cheap as it can be, so that what is measured is Node and the function: one connection
// that stays open, no client library, and no more of HTTP than the emulated API speaks.
const net = require("node:net");
const { handler } = require(process.argv[2]);

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const socket = net.connect({ host, port, noDelay: true });
let received = Buffer.alloc(0);
let waiting;

socket.on("data", (part) => {
  received = received.length === 0 ? part : Buffer.concat([received, part]);
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return;
  const head = received.latin1Slice(0, headEnd);
  const end = headEnd + 4 + Number(/^content-length: *(\d+)/im.exec(head)[1]);
  if (received.length < end) return;
  const body = received.utf8Slice(headEnd + 4, end);
  received = received.subarray(end);
  waiting({ head, body });
});
socket.on("close", () => process.exit());

function call(method, path, body = "") {
  const length = Buffer.byteLength(body);
  const head = `${method} /2018-06-01/runtime/${path} HTTP/1.1\r\nhost: ${host}:${port}\r\ncontent-length: ${length}`;
  socket.write(`${head}\r\n\r\n${body}`);
  return new Promise((resolve) => (waiting = resolve));
}

async function serve() {
  for (;;) {
    const { head, body } = await call("GET", "invocation/next");
    const id = /^lambda-runtime-aws-request-id: *(.+)$/im.exec(head)[1].trim();
    const answer = await handler(JSON.parse(body));
    await call("POST", `invocation/${id}/response`, JSON.stringify(answer));
  }
}

serve();
