{{/*
mi.cost: what the loss of a pod and of a node costs, in a sentence or two. Kubernetes notices a lost node after about 50
s (node-monitor-grace-period); the next pod of a fenced workload then sees for itself that nobody renews the Leases
(times.lease). Takes a workload.
*/}}
{{- define "mi.cost" -}}
{{- if .values.paused -}}
Paused: it runs no pod until you remove `paused`.
{{- else if gt (int64 .fewest) 1 -}}
Losing a pod costs its share of the capacity until it is replaced. Losing a node also costs the requests that are sent to it until Kubernetes gives it up, after about 50 s. {{ if eq .type "stateful" }}Another server takes over its tasks after about 15 s; a server that is only cut off keeps running them, too.{{ else }}The other pods keep serving.{{ end }}
{{- else if eq (int64 .fewest) 0 -}}
Nothing runs while it has 0 pods.
{{- else if eq .kind "StatefulSet" -}}
Losing the pod costs one start of MI. Losing the node stops the work until the node is back or its Node object is removed; two pods run at the same time only if somebody deletes the lost one by force.
{{- else if .standby -}}
When the pod or node is lost, or the node is cut off, the standby on another node starts MI immediately, or after {{ .times.lease }} s without a renewal. An API server outage longer than the renewal limit stops the work until the API server is back. Two pods work, for moments, only if a whole node was frozen and woken.
{{- else if .fenced -}}
Losing the pod costs one start of MI. Losing the node, or a node cut off, costs about {{ include "mi.duration" (add 50 (include "mi.int" (list .values.recoverySeconds 30) | int64) .times.lease) }} and one start, then it runs elsewhere. A node that is cut off, or an API server outage, stops it within the renewal limit. Two pods work, for moments, only if a whole node was frozen and woken.
{{- else if .isolated -}}
Losing the pod costs one start of MI. Losing the node costs about {{ include "mi.duration" (add 50 (include "mi.int" (list .values.recoverySeconds 30) | int64)) }} and one start, then it runs elsewhere. A node that is only cut off keeps running the old pod, so the work is done twice until it is back.
{{- else -}}
Losing the pod costs one start of MI. Losing the node costs about 6 min and one start, then it runs elsewhere.
{{- end -}}
{{- end -}}
