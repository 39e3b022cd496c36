#!/bin/sh
# Start script of the stand-in. It keeps what matters of MI's own for Kubernetes: the server is a child that is waited
# for and no signal is passed on to it, a second process runs beside it, exit code 121 asks for another start, and "stop"
# sends SIGTERM to the process in wso2carbon.pid and does not wait.
CARBON_HOME=$(cd "$(dirname "$0")/.." && pwd)
export CARBON_HOME
for argument in "$@"; do
  case $argument in
    stop | -stop | --stop)
      kill -TERM "$(cat "$CARBON_HOME/wso2carbon.pid")"
      exit 0 ;;
  esac
done
cd "$CARBON_HOME" || exit 1
rm -rf tmp/*
"$CARBON_HOME/diagnostics-tool/bin/diagnostics.sh" &
companion=$!
trap 'kill "$companion"' EXIT INT
status=121
while [ "$status" = 121 ]; do
  "$CARBON_HOME/bin/server" "$@"
  status=$?
done
