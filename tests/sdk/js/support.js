// A daemon for one test file, from FOGBANK_BUILD (build/dev where not set), and what its clients are made of.
const { spawn } = require("node:child_process");
const { randomInt } = require("node:crypto");
const fs = require("node:fs");
const net = require("node:net");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");

const root = path.resolve(__dirname, "../../..");

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

class Daemon {
  async start() {
    this.port = await freePort();
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "fogbank-js-"));
    const binary = path.join(process.env.FOGBANK_BUILD || path.join(root, "build/dev"), "emulator/fogbank");
    const log = fs.openSync(path.join(this.folder, "daemon.log"), "w");
    this.process = spawn(
      binary,
      ["start", "--listen", `127.0.0.1:${this.port}`, "--state-dir", path.join(this.folder, "state")],
      { stdio: ["ignore", "pipe", log] },
    );
    for await (const line of readline.createInterface({ input: this.process.stdout })) {
      if (line === "Ready.") return this;
    }
    throw new Error(`the daemon ended before it was ready: ${binary}`);
  }

  // What every client is given; an account of its own for each test.
  options() {
    const accessKeyId = Array.from({ length: 11 }, () => randomInt(10)).join("") + "5";
    return {
      endpoint: `http://localhost:${this.port}`,
      region: "us-east-1",
      credentials: { accessKeyId, secretAccessKey: "test" },
      maxAttempts: 1,
    };
  }

  // The daemon's own authority; there after the first TLS hello.
  async authority() {
    const file = path.join(this.folder, "state/tls/ca.pem");
    if (!fs.existsSync(file)) {
      const where = { port: this.port, host: "127.0.0.1", rejectUnauthorized: false };
      const hello = require("node:tls").connect(where);
      await new Promise((resolve) => hello.once("secureConnect", resolve));
      hello.destroy();
    }
    return fs.readFileSync(file);
  }

  // Resolves to the exit code.
  async stop() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    const code = await ended;
    fs.rmSync(this.folder, { recursive: true });
    return code;
  }
}

module.exports = { Daemon };
