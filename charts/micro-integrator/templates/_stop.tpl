{{/*
mi.stop: what the pod runs before it ends. The image starts MI by a shell that passes no signal on (docker-entrypoint.sh
and micro-integrator.sh run their child without exec and trap no TERM), so Kubernetes' own signal would reach no one.
First wait until endpoints and proxies have forgotten the pod, if another one takes over; then MI's own stop, the signal
to the process in wso2carbon.pid; then wait for it to end. A guard does all of this by itself. Takes (root, workload).
*/}}
{{- define "mi.stop" -}}
{{- $workload := index . 1 -}}
{{- if not $workload.fenced -}}
{{- if gt (int64 $workload.drain) 0 -}}
sleep {{ $workload.drain }}
{{ end -}}
{{- if include "mi.versionIsGuessed" (index . 0) }}
set -- /home/wso2carbon/wso2mi-*
home="${WSO2_SERVER_HOME:-$1}"
{{- else -}}
home="${WSO2_SERVER_HOME:-{{ (index . 0).Values.resolved.home }}}"
{{- end }}
pid=$(cat "$home/wso2carbon.pid" 2>/dev/null)
if [ -z "$pid" ] || ! kill -0 "$pid" 2>/dev/null; then
  # no pid file yet: the JVM whose command line names MI's home, not that of the diagnostics tool
  pid=
  for process in /proc/[0-9]*; do
    if tr '\0' ' ' < "$process/cmdline" 2>/dev/null | grep -q -- '-Dcarbon\.home='; then pid=${process#/proc/}; break; fi
  done
fi
[ -n "$pid" ] || exit 0
kill -TERM "$pid"
while kill -0 "$pid" 2>/dev/null; do sleep 1; done
{{- end -}}
{{- end -}}
