#!/bin/bash
# compare.sh [-m load|durable] [-c clients] [-s seconds] [-r starts] [-o out.md] [peer...]
# Runs the peers of peers.conf one after another and writes one Markdown table.
# PEERS_DIR: where the peers are installed. Everything runs in a network
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

ops_of() { # service -> "op size warm-up"
  case $1 in
  s3) echo "put 1024 1;get 1024 1;put 8388608 1;get 8388608 1;list 1024 1" ;;
  dynamodb) echo "putitem 1024 2;putstream 1024 2;getitem 1024 2;query 1024 1;batchwrite 1024 1;transactwrite 1024 1" ;;
  kinesis) echo "putrecord 100 2;putrecords 100 1;getrecords 100 1" ;;
  lambda) echo "invoke 1024 5" ;;
  apigateway) echo "proxyget 1024 5" ;;
  esac
}

if [ "$mode" = load ]; then
  {
    echo "clients $clients, $seconds s per op; load average at start: $(cut -d' ' -f1 /proc/loadavg)"
    echo
    echo "| peer | op | size | ops/s | p50 ms | p95 ms | p99 ms | errors | bench CPU % | server CPU us/op | RSS MiB | note |"
    echo "|---|---|---|---|---|---|---|---|---|---|---|---|"
  } >>"$out"
else
  printf '| peer | service | result |\n|---|---|---|\n' >>"$out"
fi

while IFS='|' read -r name port first cred services cmd; do
  case $name in '' | '#'*) continue ;; esac
  if [ $# -gt 0 ]; then
    case " $* " in *" $name "*) ;; *) continue ;; esac
  fi
  DATA=$work/data-$name
  export DATA
  # A peer stands in the first folder of PEERS_DIR that its command names.
  needs=$(printf '%s' "$cmd" | grep -o '\$PEERS_DIR/[A-Za-z0-9_-]*' | head -1 | sed "s|.PEERS_DIR|$PEERS_DIR|")
  if [ -n "$needs" ] && [ ! -e "$needs" ]; then
    echo "| $name | not measured: ${needs#"$PEERS_DIR"/} is not in PEERS_DIR | | | | | | | | | | |" | tee -a "$out"
    continue
  fi
  auth=(--key "${cred%%:*}" --secret "${cred#*:}")
  ep=http://127.0.0.1:$port
  echo "== $name" >&2
  if [ "$mode" = durable ]; then
    case $name in fogbank | *-durable | minio | s3rver | floci* | fakecloud*) ;; *) continue ;; esac
    for s in $services; do
      case $s in s3 | dynamodb | kinesis) ;; *) continue ;; esac
      r=$("$B" durable --endpoint "$ep" "${auth[@]}" --service "$s" --cmd "$cmd" --dir "$DATA" 2>&1 | tail -1)
      echo "| $name | $s | ${r#durable*$s?} |" | tee -a "$out"
    done
    continue
  fi
  url=/
  [ "$name" = serverless-offline ] && url=/dev/hi
  rm -f "$work/pid"
  s=$("$B" startup --tsv --endpoint "$ep" "${auth[@]}" --service "$first" --url "$url" --cmd "$cmd" --dir "$DATA" --runs "$runs" --keep "$work/pid" 2>&1)
  if [ ! -s "$work/pid" ]; then
    echo "| $name | startup | | failed | | | | | | | | ${s//$'\n'/ } |" | tee -a "$out"
    continue
  fi
  pid=$(cat "$work/pid")
  IFS=$'\t' read -r _ portms firstms rss nproc <<<"$s"
  echo "| $name | startup | | | $firstms (port $portms) | | | | | | $rss | first $first call, median of $runs; idle RSS after 3 s, $nproc processes |" | tee -a "$out"
  for sv in $services; do
    IFS='+' read -ra extra <<<"$sv"
    s=${extra[0]%%@*} sep=$ep
    case ${extra[0]} in *@*) sep=http://127.0.0.1:${extra[0]#*@} ;; esac
    IFS=';' read -ra list <<<"$(ops_of "$s")"
    for o in "${list[@]}"; do
      read -r op size warm <<<"$o"
      kill -0 "$pid" 2>/dev/null || { echo "| $name | $s $op | $size | server gone | | | | | | | | |" | tee -a "$out"; continue; }
      r=$(timeout 420 "$B" load --tsv --endpoint "$sep" "${auth[@]}" --service "$s" --op "$op" --size "$size" --warmup "$warm" --seconds "$seconds" --clients "$clients" --pid "$pid" "${extra[@]:1}" 2>&1 | tail -1)
      IFS=$'\t' read -r _ _ _ rate p50 p95 p99 errs bcpu scpu rssl note <<<"${r//$'\t'/$' \t'}"
      echo "| $name | $s $op | $size | $rate | $p50 | $p95 | $p99 | $errs | $bcpu | $scpu | $rssl | ${note:0:160} |" | tee -a "$out"
    done
  done
  IFS=$'\t' read -r rss _ n <<<"$("$B" rss --pid "$pid")"
  echo "| $name | after load | | | | | | | | | $rss | $n processes |" | tee -a "$out"
  "$B" stop --pid "$pid"
  rm -rf "$DATA"
  sleep 1
done <"$conf"
echo "table: $out" >&2
