#!/bin/bash
# compare.sh [-m load|durable] [-c clients] [-s seconds] [-r starts] [-o out.md] [peer...]
# Runs the peers of peers.conf one after another and writes one Markdown table.
# PEERS_DIR: where the peers are installed; FOGBANK: our binary. Everything runs in a network
# namespace that has only loopback (when root), so no server is seen outside.
set -u
cd "$(dirname "$0")" || exit 1
export BENCH_SRC=$PWD
: "${PEERS_DIR:?set PEERS_DIR to the folder that holds the installed peers}"
export PEERS_DIR
if [ -z "${IN_NS:-}" ] && unshare -n true 2>/dev/null; then
  exec env IN_NS=1 unshare -n bash -c 'ip link set lo up; exec "$@"' ns bash ./compare.sh "$@"
fi
mode=load clients=16 seconds=5 runs=3 out=""
while getopts m:c:s:r:o: f; do
  case $f in
  m) mode=$OPTARG ;; c) clients=$OPTARG ;; s) seconds=$OPTARG ;;
  r) runs=$OPTARG ;; o) out=$OPTARG ;; *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
work=${BENCH_WORK:-$(mktemp -d)}
mkdir -p "$work"
[ -x "$work/awsbench" ] || go build -o "$work/awsbench" . || exit 1
B=$work/awsbench
[ -n "$out" ] || out=$work/$mode.md
conf=${PEERS_CONF:-peers.conf}

row() { # cells...
  local line="|" cell
  for cell in "$@"; do line+=" ${cell//$'\n'/ } |"; done
  echo "$line" | tee -a "$out"
}

ops_of() { # service -> "op size warm-up"
  case $1 in
  s3) echo "put 1024 1;get 1024 1;put 8388608 1;get 8388608 1;list 1024 1" ;;
  dynamodb)
    echo -n "putitem 1024 2;putstream 1024 2;putindexed 1024 1;updateitem 1024 1;getitem 1024 2;"
    echo "query 1024 1;batchwrite 1024 1;transactwrite 1024 1"
    ;;
  kinesis) echo "putrecord 100 2;putrecords 100 1;getrecords 100 1" ;;
  lambda) echo "invoke 1024 5" ;;
  apigateway) echo "proxyget 1024 5" ;;
  esac
}

durable_peer() {
  local s r
  case $name in fogbank | *-durable | minio | s3rver | floci* | fakecloud*) ;; *) return ;; esac
  for s in $services; do
    case $s in s3 | dynamodb | kinesis) ;; *) continue ;; esac
    r=$("$B" durable --endpoint "$ep" "${auth[@]}" --service "$s" --cmd "$cmd" --dir "$DATA" 2>&1 | tail -1)
    row "$name" "$s" "${r#durable*$s?}"
  done
}

load_op() { # endpoint service op size warm-up extra...
  local r sep=$1 s=$2 op=$3 size=$4 warm=$5 rate p50 p95 p99 errs bcpu scpu rssl note
  shift 5
  if ! kill -0 "$pid" 2>/dev/null; then
    row "$name" "$s $op" "$size" "server gone" "" "" "" "" "" "" "" ""
    return
  fi
  r=$(timeout 420 "$B" load --tsv --endpoint "$sep" "${auth[@]}" --service "$s" --op "$op" --size "$size" \
    --warmup "$warm" --seconds "$seconds" --clients "$clients" --pid "$pid" "$@" 2>&1 | tail -1)
  IFS=$'\t' read -r _ _ _ rate p50 p95 p99 errs bcpu scpu rssl note <<<"${r//$'\t'/$' \t'}"
  row "$name" "$s $op" "$size" "$rate" "$p50" "$p95" "$p99" "$errs" "$bcpu" "$scpu" "$rssl" "${note:0:160}"
}

load_peer() {
  local url=/ s sv sep o op size warm portms firstms rss nproc extra list
  [ "$name" = serverless-offline ] && url=/dev/hi
  rm -f "$work/pid"
  s=$("$B" startup --tsv --endpoint "$ep" "${auth[@]}" --service "$first" --url "$url" --cmd "$cmd" \
    --dir "$DATA" --runs "$runs" --keep "$work/pid" 2>&1)
  if [ ! -s "$work/pid" ]; then
    row "$name" startup "" "not measured: did not start" "" "" "" "" "" "" "" "$s"
    return
  fi
  pid=$(cat "$work/pid")
  IFS=$'\t' read -r _ portms firstms rss nproc <<<"$s"
  row "$name" startup "" "" "$firstms (port $portms)" "" "" "" "" "" "$rss" \
    "first $first call, median of $runs; idle RSS after 3 s, $nproc processes"
  for sv in $services; do
    IFS='+' read -ra extra <<<"$sv"
    s=${extra[0]%%@*} sep=$ep
    case ${extra[0]} in *@*) sep=http://127.0.0.1:${extra[0]#*@} ;; esac
    IFS=';' read -ra list <<<"$(ops_of "$s")"
    for o in "${list[@]}"; do
      read -r op size warm <<<"$o"
      load_op "$sep" "$s" "$op" "$size" "$warm" "${extra[@]:1}"
    done
  done
  IFS=$'\t' read -r rss _ nproc <<<"$("$B" rss --pid "$pid")"
  row "$name" "after load" "" "" "" "" "" "" "" "" "$rss" "$nproc processes"
  "$B" stop --pid "$pid"
}

if [ "$mode" = load ]; then
  {
    echo "clients $clients, $seconds s per op; load average at start: $(cut -d' ' -f1 /proc/loadavg)"
    echo
  } >>"$out"
  row peer op size ops/s "p50 ms" "p95 ms" "p99 ms" errors "bench CPU %" "server CPU us/op" "RSS MiB" note
  row --- --- --- --- --- --- --- --- --- --- --- ---
else
  row peer service result
  row --- --- ---
fi

while IFS='|' read -r name port first cred services cmd; do
  case $name in '' | '#'*) continue ;; esac
  if [ $# -gt 0 ]; then
    case " $* " in *" $name "*) ;; *) continue ;; esac
  fi
  DATA=$work/data-$name
  export DATA
  # A peer stands in the first folder of PEERS_DIR that its command names.
  needs=$(printf '%s' "$cmd" | grep -o '\$PEERS_DIR/[A-Za-z0-9_-]*' | head -1)
  needs=${needs#\$PEERS_DIR/}
  if [ -n "$needs" ] && [ ! -e "$PEERS_DIR/$needs" ]; then
    row "$name" "not measured: $needs is not in PEERS_DIR" "" "" "" "" "" "" "" "" "" ""
    continue
  fi
  auth=(--key "${cred%%:*}" --secret "${cred#*:}")
  ep=http://127.0.0.1:$port
  echo "== $name" >&2
  "${mode}_peer"
  rm -rf "$DATA"
done <"$conf"
echo "table: $out" >&2
