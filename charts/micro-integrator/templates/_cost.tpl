{{/*
mi.cost: what the loss of a pod and of a node costs, in a sentence or two. Kubernetes notices a lost node after about 50 s
(node-monitor-grace-period); the next pod of a fenced workload then sees for itself that nobody renews the Leases (leaseSeconds).
Takes a workload.
*/}}
{{- define "mi.cost" -}}
{{- if .values.paused -}}
Paused: nothing of it runs until paused is taken out.
{{- else if gt (int64 .fewest) 1 -}}
A pod or node lost costs its share of the capacity until it is replaced; {{ if eq .type "stateful" }}another server takes over its tasks after about 15 s{{ else }}the other pods go on{{ end }}.
{{- else if eq (int64 .fewest) 0 -}}
Nothing runs while it has 0 pods.
{{- else if eq .kind "StatefulSet" -}}
A pod lost costs one start of MI. A node lost: its work stops until the node is back or its Node object is removed; never two at once.
{{- else if .standby -}}
A pod or node lost, or a node cut off: the standby on another node starts MI at once, or after {{ .leaseSeconds }} s without a renewal. An API server that is away for longer than the renewal limit stops the work until it is back. Two work only if a whole node is frozen and woken again, for some moments.
{{- else if .fenced -}}
A pod lost costs one start of MI. A node lost or cut off: about {{ include "mi.duration" (add 50 (include "mi.int" (list .values.recoverySeconds 30) | int64) .leaseSeconds) }} and one start, then it runs elsewhere; a node that is only cut off, and an API server that is away, stop it within the renewal limit. Two work only if a whole node is frozen and woken again, for some moments.
{{- else if .isolated -}}
A pod lost costs one start of MI. A node lost: about {{ include "mi.duration" (add 50 (include "mi.int" (list .values.recoverySeconds 30) | int64)) }} and one start, then it runs elsewhere; a node that is only cut off may still run the old pod.
{{- else -}}
A pod lost costs one start of MI. A node lost: about 6 min and one start, then it runs elsewhere.
{{- end -}}
{{- end -}}
