{{/*
mi.tolerations: a stateful workload with recovery respawn or fenced leaves a lost node after recoverySeconds, not after Kubernetes'
300; the user's tolerations follow, and one of the same key and effect replaces the chart's. Takes a workload.
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
mi.topologySpread: spread over nodes and zones where more than one pod may run. Takes (root, workload).
*/}}
{{- define "mi.topologySpread" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $spread := $workload.values.topologySpread | default dict -}}
{{- $wanted := or $spread.constraints (and (dig "enabled" true $spread) (gt (int64 $workload.most) 1)) -}}
{{- $selector := dict -}}
{{- if $wanted }}{{ $selector = dict "matchLabels" (include "mi.selector" (list $root $workload.key) | fromYaml) }}{{ end -}}
{{- if $spread.constraints -}}
{{- $constraints := list -}}
{{- range $spread.constraints }}{{ $constraints = append $constraints (merge (dict) . (dict "labelSelector" $selector)) }}{{ end -}}
{{- toYaml $constraints -}}
{{- else if and (dig "enabled" true $spread) (gt (int64 $workload.most) 1) -}}
{{- $constraints := list -}}
{{- $choices := dict "kubernetes.io/hostname" ($spread.nodes | default "ScheduleAnyway") "topology.kubernetes.io/zone" ($spread.zones | default "ScheduleAnyway") -}}
{{- range $topology, $choice := $choices -}}
{{- if ne $choice "off" -}}
{{- $constraint := dict "maxSkew" 1 "topologyKey" $topology "whenUnsatisfiable" $choice "labelSelector" $selector -}}
{{- /* Counts only pods of the same revision, so that an update spreads as the first install does. */ -}}
{{- if eq $workload.kind "Deployment" }}{{ $_ := set $constraint "matchLabelKeys" (list "pod-template-hash") }}{{ end -}}
{{- $constraints = append $constraints $constraint -}}
{{- end -}}
{{- end -}}
{{- with $constraints }}{{ toYaml . }}{{ end -}}
{{- end -}}
{{- end -}}
