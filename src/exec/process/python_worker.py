"""The Python side of exec/process: a parent that preloads the standard library and forks one worker per
sandbox, and the worker's loop over the Lambda Runtime API.

Runs as `python3 -I -S python_worker.py`, with a SEQPACKET socket to the daemon as descriptor 3:
  daemon -> parent  {"id", "env", "handler", "task_root", "api", "packages"}, the output pipe as SCM_RIGHTS
  parent -> daemon  {"ready": version} | {"id", "pid"} | {"id", "error"} | {"exit": pid, "status", "signal"}
"""

import array
import ctypes
import gc
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from types import SimpleNamespace

# Workers inherit it: a cache would stand in the user's folder.
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from python_imports import forget_shadowed, load_freshly  # noqa: E402

del sys.path[0], sys.modules["python_imports"]

CONTROL = 3
PR_SET_PDEATHSIG = 1
MESSAGE_LIMIT = 1 << 20
API = "/2018-06-01/runtime"
# What functions and the AWS SDK import first; loaded once in the parent, shared by every worker.
PRELOAD = (
    "argparse", "asyncio", "base64", "calendar", "concurrent.futures", "contextlib", "copy", "csv",
    "dataclasses", "datetime", "decimal", "email.message", "email.parser", "getpass", "glob", "gzip",
    "hashlib", "hmac", "html", "http.client", "http.cookies", "http.cookiejar", "inspect", "ipaddress",
    "logging", "logging.config", "math", "mimetypes", "multiprocessing", "numbers", "pathlib", "pickle",
    "pkgutil", "platform", "pprint", "queue", "random", "secrets", "shlex", "shutil", "ssl", "string",
    "struct", "subprocess", "tempfile", "textwrap", "threading", "typing", "unicodedata", "urllib.parse",
    "urllib.request", "uuid", "xml.etree.ElementTree", "xml.sax.saxutils", "zipfile", "zlib", "zoneinfo",
)

_request_id = ""  # of the invocation under way; the log formatter reads it
_packages = ""  # the folder of the bundled SDK
_preloaded = frozenset()  # top-level modules that only preload() brought in


# ---- errors, as AWS formats them

class Fault(Exception):
    """A failure with an error type of the runtime's own."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.trace = list(trace)


def as_on_lambda(text):
    """Files under the names that they have on AWS, whatever folders they stand in here."""
    root = os.environ.get("LAMBDA_TASK_ROOT")
    text = text.replace(root + "/", "/var/task/") if root else text
    return text.replace(_packages + "/", "/var/runtime/") if _packages else text


def make_error(message, error_type, trace, request_id=""):
    return {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": [as_on_lambda(entry) for entry in trace],
    }


def user_frames(error_traceback):
    """The frames of the user's code: those after the last frame of this file and of the import machinery."""
    frames = traceback.extract_tb(error_traceback)
    kept = [frame for frame in frames
            if frame.filename != __file__ and not frame.filename.startswith("<frozen importlib")
            and not frame.filename.endswith("/importlib/__init__.py")]
    return traceback.format_list(kept)


def describe(error, request_id=""):
    if isinstance(error, Fault):
        return make_error(as_on_lambda(error.message), error.error_type, error.trace, request_id)
    return make_error(str(error), type(error).__name__, user_frames(error.__traceback__), request_id)


def log_error(error):
    lines = ["[ERROR] " + ": ".join(filter(None, (error["errorType"], error["errorMessage"])))]
    if error["stackTrace"]:
        lines.append("Traceback (most recent call last):")
        lines.extend(entry.rstrip("\n") for entry in error["stackTrace"])
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


# ---- what a handler gets

def client_context(text):
    given = json.loads(text)
    names = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")
    client = given.get("client")
    if isinstance(client, dict):
        client = SimpleNamespace(**{name: client.get(name) for name in names})
    return SimpleNamespace(custom=given.get("custom"), env=given.get("env"), client=client)


def cognito_identity(text):
    given = json.loads(text) if text else {}
    return SimpleNamespace(cognito_identity_id=given.get("cognitoIdentityId"),
                           cognito_identity_pool_id=given.get("cognitoIdentityPoolId"))


class LambdaContext:
    def __init__(self, headers, facts):
        self.__dict__.update(facts)
        self.aws_request_id = headers.get("lambda-runtime-aws-request-id", "")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn", "")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        client = headers.get("lambda-runtime-client-context")
        self.client_context = client_context(client) if client else None
        self.identity = cognito_identity(headers.get("lambda-runtime-cognito-identity"))
        self._deadline_ms = int(headers.get("lambda-runtime-deadline-ms", "0"))

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        fields = ("%s=%s" % field for field in vars(self).items() if not field[0].startswith("_"))
        return "LambdaContext([" + ",".join(fields) + "])"


def context_facts(environ):
    """What every context of this process holds; reading the environment costs more than an invocation may."""
    names = ("log_group_name", "log_stream_name", "function_name", "function_version")
    facts = {name: environ.get("AWS_LAMBDA_" + name.upper()) for name in names}
    facts["memory_limit_in_mb"] = environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
    return facts


def set_up_logging(environ):
    import logging

    as_json = environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"

    class Formatter(logging.Formatter):
        converter = time.gmtime

        def format(self, record):
            record.aws_request_id = _request_id
            if not as_json:
                return super().format(record)
            entry = {
                "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
                "level": record.levelname,
                "message": record.getMessage(),
                "logger": record.name,
                "requestId": _request_id,
            }
            if record.exc_info:
                kind, value, trace = record.exc_info
                entry["errorType"] = kind.__name__
                entry["errorMessage"] = str(value)
                entry["stackTrace"] = [as_on_lambda(line.rstrip("\n")) for line in traceback.format_tb(trace)]
            return json.dumps(entry)

    class Handler(logging.Handler):
        def emit(self, record):
            sys.stdout.write(self.format(record) + "\n")
            sys.stdout.flush()

    handler = Handler()
    handler.setFormatter(Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    root.addHandler(handler)
    level = environ.get("AWS_LAMBDA_LOG_LEVEL", "")
    if level in ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"):
        root.setLevel({"TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}.get(level, level))


def load_handler(name):
    import importlib

    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s': %s" % (name, error))
    module_name = module_name.replace("/", ".")
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict",
                    "Cannot use built-in module %s as a handler module" % module_name)
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError",
                    "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        where = '  File "%s" Line %s\n    %s' % (error.filename, error.lineno, (error.text or "").rstrip())
        message = "Syntax error in module '%s': %s" % (module_name, error)
        raise Fault("Runtime.UserCodeSyntaxError", message, [where])
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound",
                    "Handler '%s' missing on module '%s'" % (function_name, module_name))


def encode_decimal(value):
    decimal = sys.modules.get("decimal")
    if decimal is not None and isinstance(value, decimal.Decimal):
        whole = int(value) if value.is_finite() and value.as_tuple().exponent >= 0 else None
        return float(value) if whole is None else whole
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


# ---- the Runtime API, over one kept connection

class RuntimeApi:
    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""
        self._host = address
        self._next = ("GET %s/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n" % (API, address)).encode()

    def _receive(self):
        data = self._socket.recv(65536)
        if not data:
            os._exit(0)  # the daemon closed: this sandbox is over
        return data

    def _read_response(self):
        data = self._rest
        end = data.find(b"\r\n\r\n")
        while end < 0:
            data += self._receive()
            end = data.find(b"\r\n\r\n")
        first, _, rest = data[:end].decode("latin-1").partition("\r\n")
        headers = {}
        for line in rest.split("\r\n"):
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        start = end + 4
        length = int(headers.get("content-length", "0"))
        missing = start + length - len(data)
        if missing > 0:
            parts = [data]
            while missing > 0:
                part = self._receive()
                parts.append(part)
                missing -= len(part)
            data = b"".join(parts)
        self._rest = data[start + length:]
        return first[9:12], headers, data[start:start + length]

    def _post(self, path, body, extra=""):
        head = "POST %s%s HTTP/1.1\r\nHost: %s\r\n%s" % (API, path, self._host, extra)
        head += "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        return head.encode() + body

    def first(self):
        self._socket.sendall(self._next)
        return self._next_event()

    def _next_event(self):
        status, headers, body = self._read_response()
        if status != "200":
            os._exit(0)
        return headers, body

    # The answer and the question for the next event leave in one piece; the daemon answers both in order.
    def answer(self, request_id, body):
        self._socket.sendall(self._post("/invocation/%s/response" % request_id, body) + self._next)
        self._read_response()
        return self._next_event()

    def fail(self, request_id, error):
        extra = "Lambda-Runtime-Function-Error-Type: %s\r\n" % error["errorType"]
        body = json.dumps(error).encode()
        self._socket.sendall(self._post("/invocation/%s/error" % request_id, body, extra) + self._next)
        self._read_response()
        return self._next_event()

    def fail_init(self, error):
        extra = "Lambda-Runtime-Function-Error-Type: %s\r\n" % error["errorType"]
        self._socket.sendall(self._post("/init/error", json.dumps(error).encode(), extra))
        self._read_response()


def run_worker(api_address, handler_name):
    global _request_id
    environ = os.environ
    set_up_logging(environ)
    api = RuntimeApi(api_address)
    try:
        handler = load_handler(handler_name)
    except Exception as error:  # SystemExit passes: the process ends as the user's code asked
        described = describe(error)
        log_error(described)
        api.fail_init(described)
        return 1
    ascii_only = environ.get("AWS_EXECUTION_ENV", "") in (
        "AWS_Lambda_python3.%d" % minor for minor in range(6, 12))
    encode = json.JSONEncoder(ensure_ascii=ascii_only, default=encode_decimal).encode
    facts = context_facts(environ)
    headers, body = api.first()
    while True:
        _request_id = headers["lambda-runtime-aws-request-id"]
        trace = headers.get("lambda-runtime-trace-id")
        if trace:
            environ["_X_AMZN_TRACE_ID"] = trace
        else:
            environ.pop("_X_AMZN_TRACE_ID", None)
        failed = None
        try:
            context = LambdaContext(headers, facts)
            try:
                event = json.loads(body.decode())
            except ValueError as error:
                raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error)
            result = handler(event, context)
            try:
                answer = encode(result).encode("utf-8", "surrogatepass")
            except Exception as error:
                raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error)
        except Exception as error:
            failed = describe(error, _request_id)
            log_error(failed)
            error.__traceback__ = None
        sys.stdout.flush()
        sys.stderr.flush()
        headers, body = api.fail(_request_id, failed) if failed else api.answer(_request_id, answer)


# ---- the worker's process

def become_worker(request, output, parent_pid, prctl):
    global _packages
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        os._exit(1)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    for number in (signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL if number == signal.SIGCHLD else signal.SIG_IGN)
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    root = request["task_root"]
    os.chdir(root)
    search = [root]
    search += [entry for entry in request["env"].get("PYTHONPATH", "").split(":") if entry]
    sys.path[:0] = search
    load_freshly(root)
    forget_shadowed(root, _preloaded)
    if request["packages"]:
        _packages = request["packages"]
        sys.path.append(_packages)
    sys.argv[:] = [request["handler"]]
    sys.stdin = open(0, "r", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    sys.__stdout__, sys.__stderr__, sys.__stdin__ = sys.stdout, sys.stderr, sys.stdin
    gc.enable()
    return run_worker(request["api"], request["handler"])


def worker_main(request, output, parent_pid, prctl):
    status = 1
    try:
        status = become_worker(request, output, parent_pid, prctl)
    except SystemExit as error:
        status = (error.code or 0) & 0xFF if isinstance(error.code, (int, type(None))) else 1
        if not isinstance(error.code, (int, type(None))):
            print(error.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)


# ---- the parent

def preload():
    import importlib

    global _preloaded
    before = set(sys.modules)
    for name in PRELOAD:
        try:
            importlib.import_module(name)
        except ImportError:
            pass  # this build of Python lacks it; a function that needs it will say so
    _preloaded = frozenset(name.partition(".")[0] for name in set(sys.modules) - before)
    import site

    site.setquit()
    site.setcopyright()
    site.sethelper()


def receive_request(control):
    room = socket.CMSG_SPACE(array.array("i", [0]).itemsize)
    message, ancillary, _, _ = control.recvmsg(MESSAGE_LIMIT, room)
    if not message:
        return None, -1
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data)
    return json.loads(message), descriptors[0]


def reap(control):
    """Reports each child that ended. Its group goes first, while the zombie still keeps the number."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None:
            return
        try:
            os.killpg(ended.si_pid, signal.SIGKILL)
        except OSError:
            pass
        os.waitpid(ended.si_pid, 0)
        killed = ended.si_code != os.CLD_EXITED
        control.send(json.dumps({
            "exit": ended.si_pid,
            "status": 0 if killed else ended.si_status,
            "signal": ended.si_status if killed else 0,
        }).encode())


def parent_main():
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    control = socket.socket(fileno=CONTROL)
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_read, False)
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    preload()
    gc.collect()
    gc.disable()
    gc.freeze()  # a collection in a worker then leaves the shared pages alone
    own_pid = os.getpid()
    control.send(json.dumps({"ready": "%d.%d.%d" % sys.version_info[:3]}).encode())
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(wake_read, select.POLLIN)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == wake_read:
                os.read(wake_read, 512)
                reap(control)
                continue
            request, output = receive_request(control)
            if request is None:
                os._exit(0)  # the daemon is gone; PR_SET_PDEATHSIG takes the workers along
            try:
                pid = os.fork()
            except OSError as error:
                os.close(output)
                control.send(json.dumps({"id": request["id"], "error": str(error)}).encode())
                continue
            if pid == 0:
                os.setpgid(0, 0)
                signal.set_wakeup_fd(-1)
                control.close()
                os.close(wake_read)
                os.close(wake_write)
                worker_main(request, output, own_pid, prctl)
            try:
                os.setpgid(pid, pid)
            except OSError:
                pass  # the child did it first, or is gone
            os.close(output)
            control.send(json.dumps({"id": request["id"], "pid": pid}).encode())


if __name__ == "__main__":
    parent_main()
