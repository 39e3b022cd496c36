{{/*
mi.tolerations: a stateful workload with recovery respawn or fenced leaves a lost node after recoverySeconds, not after
Kubernetes' 300; the user's tolerations follow, and one of the same key and effect replaces the chart's. Takes a
workload.
*/}}
{{- define "mi.tolerations" -}}
{{- $given := .values.tolerations | default list -}}
{{- if and .isolated (eq .kind "Deployment") -}}
{{- $seconds := include "mi.int" (list .values.recoverySeconds 30) -}}
{{- range list "node.kubernetes.io/not-ready" "node.kubernetes.io/unreachable" -}}
{{- $key := . -}}
{{- $own := false -}}
{{- range $given }}{{ if and (eq $key (.key | default "")) (eq "NoExecute" (.effect | default "NoExecute")) }}{{ $own = true }}{{ end }}{{ end -}}
{{- if not $own }}
- key: {{ $key | quote }}
  operator: Exists
  effect: NoExecute
  tolerationSeconds: {{ $seconds }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with $given }}
{{ toYaml . }}
{{- end -}}
{{- end -}}

{{/*
mi.ownSpread: "true" where the chart spreads the pods of a workload itself: more than one may run, and the user gives no
constraints. Takes a workload.
*/}}
{{- define "mi.ownSpread" -}}
{{- $spread := .values.topologySpread | default dict -}}
{{- if and (not $spread.constraints) (dig "enabled" true $spread) (or .standby (gt (int64 .most) 1)) }}true{{ end -}}
{{- end -}}

{{/*
mi.topologySpread: spread over nodes and zones where more than one pod may run. A wish to spread over zones is left to
mi.affinity: the scheduler gives no points for any constraint to nodes that lack the label of one (kube-scheduler,
podtopologyspread/scoring.go), so on a cluster without zones it would undo the spread over nodes. A standby must be on
another node than the pod that works, unless no other node takes pods: nodes with a taint that the pods do not tolerate,
cordoned or lost ones among them, do not count. Takes (root, workload).
*/}}
{{- define "mi.topologySpread" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $spread := $workload.values.topologySpread | default dict -}}
{{- $own := include "mi.ownSpread" $workload -}}
{{- $selector := dict -}}
{{- if or $spread.constraints $own }}{{ $selector = dict "matchLabels" (include "mi.selector" (list $root $workload.key) | fromYaml) }}{{ end -}}
{{- if $spread.constraints -}}
{{- $constraints := list -}}
{{- range $spread.constraints }}{{ $constraints = append $constraints (merge (dict) . (dict "labelSelector" $selector)) }}{{ end -}}
{{- toYaml $constraints -}}
{{- else if $own -}}
{{- $constraints := list -}}
{{- $nodes := $spread.nodes | default "ScheduleAnyway" -}}
{{- if $workload.standby }}{{ $nodes = ($workload.own.topologySpread).nodes | default "DoNotSchedule" }}{{ end -}}
{{- $choices := dict "kubernetes.io/hostname" $nodes "topology.kubernetes.io/zone" ($spread.zones | default "ScheduleAnyway") -}}
{{- range $topology, $choice := $choices -}}
{{- if not (or (eq $choice "off") (and (eq $choice "ScheduleAnyway") (hasSuffix "/zone" $topology))) -}}
{{- $constraint := dict "maxSkew" 1 "topologyKey" $topology "whenUnsatisfiable" $choice "labelSelector" $selector -}}
{{- /* Counts only pods of the same revision, so that an update spreads as the first install does. */ -}}
{{- if eq $workload.kind "Deployment" }}{{ $_ := set $constraint "matchLabelKeys" (list "pod-template-hash") }}{{ end -}}
{{- if $workload.standby }}{{ $_ := set $constraint "nodeTaintsPolicy" "Honor" }}{{ end -}}
{{- $constraints = append $constraints $constraint -}}
{{- end -}}
{{- end -}}
{{- with $constraints }}{{ toYaml . }}{{ end -}}
{{- end -}}
{{- end -}}

{{/*
mi.affinity: the user's affinity and the wish to spread over zones. Takes (root, workload).
*/}}
{{- define "mi.affinity" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $affinity := deepCopy ($workload.values.affinity | default dict) -}}
{{- if and (include "mi.ownSpread" $workload) (eq "ScheduleAnyway" (($workload.values.topologySpread).zones | default "ScheduleAnyway")) -}}
{{- $term := dict "topologyKey" "topology.kubernetes.io/zone" "labelSelector" (dict "matchLabels" (include "mi.selector" (list $root $workload.key) | fromYaml)) -}}
{{- if and (eq $workload.kind "Deployment") (semverCompare ">=1.31.0-0" $root.Capabilities.KubeVersion.Version) }}{{ $_ := set $term "matchLabelKeys" (list "pod-template-hash") }}{{ end -}}
{{- $apart := get $affinity "podAntiAffinity" | default dict -}}
{{- $wishes := append (get $apart "preferredDuringSchedulingIgnoredDuringExecution" | default list) (dict "weight" 100 "podAffinityTerm" $term) -}}
{{- $_ := set $affinity "podAntiAffinity" (merge (dict "preferredDuringSchedulingIgnoredDuringExecution" $wishes) $apart) -}}
{{- end -}}
{{- with $affinity }}{{ toYaml . }}{{ end -}}
{{- end -}}
