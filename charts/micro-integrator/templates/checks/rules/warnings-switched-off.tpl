{{/*
mi.warnings.switchedOff: notes settings of what is off because nobody said `enabled`. `enabled: false` says that they
are kept for later, so values.yaml leaves `enabled` out where it is false by default. The other defaults of values.yaml
are here again, since Helm hands them over with what the user said. Takes the root.
*/}}
{{- define "mi.warnings.switchedOff" -}}
{{- $root := . -}}
{{- $monitor := dict "interval" "30s" -}}
{{- $ofRelease := dict
  "hashicorpVault" (dict "engineVersion" 2 "cacheMilliseconds" 15000)
  "ingress" dict
  "gateway" (dict "create" dict "backendTls" dict)
  "route" (dict "port" "http" "tls" (dict "termination" "edge" "insecureEdgeTerminationPolicy" "Redirect"))
  "networkPolicy" (dict "egress" (dict "dns" true))
  "metrics" (dict "podMonitor" $monitor "serviceMonitor" $monitor)
  "tracing" (dict "type" "otlp")
  "icp" (dict "verifyTls" true "heartbeatSeconds" 10) -}}
{{- range $name, $usual := $ofRelease -}}
{{- include "mi.warnings.switchedOff.in" (list $root (list $name) (get $root.Values $name) $usual) -}}
{{- end -}}
{{- include "mi.warnings.switchedOff.in" (list $root (list "coordination" "schemaJob") (.Values.coordination).schemaJob (dict "backoffLimit" 2 "deadlineSeconds" 600)) -}}
{{- $ofWorkloads := dict
  "autoscaling" (dict "minReplicas" 2 "maxReplicas" 10 "targetCpuUtilization" 75 "keda" dict)
  "verticalAutoscaling" (dict "mode" "Off")
  "unitTest" (dict "port" 9008) -}}
{{- range $name, $usual := $ofWorkloads -}}
{{- $inherited := include "mi.isSaid" (list (get ($root.Values.workloadDefaults | default dict) $name) $usual) -}}
{{- range $workload := $root.Values.resolved.workloads -}}
{{- $block := get $workload.values $name | default dict -}}
{{- $own := get $workload.own $name -}}
{{- if and (kindIs "invalid" $block.enabled) (or (and $inherited $block) (and $own (include "mi.isSaid" (list $own dict)))) -}}
{{- include "mi.warnings.noEffect.say" (list $root $workload (list $name) (include "mi.warnings.switchedOff.sentence" $name)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- $block := ($workload.database | default dict).hardening | default dict -}}
{{- if and $block (kindIs "invalid" $block.enabled) (include "mi.isSaid" (list $block dict)) -}}
{{- include "mi.warnings.noEffect.say" (list $root $workload (list "coordination" "database" "hardening") (include "mi.warnings.switchedOff.sentence" "coordination.database.hardening")) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.switchedOff.in: the same for one block and, if it is on, for those in it. Takes (root, keys, block, its
defaults).
*/}}
{{- define "mi.warnings.switchedOff.in" -}}
{{- $root := index . 0 -}}
{{- $keys := index . 1 -}}
{{- $block := index . 2 | default dict -}}
{{- $usual := index . 3 -}}
{{- if $block.enabled -}}
{{- range $name := list "create" "backendTls" "egress" "podMonitor" "serviceMonitor" -}}
{{- if hasKey $usual $name }}{{ include "mi.warnings.switchedOff.in" (list $root (append $keys $name) (get $block $name) (get $usual $name)) }}{{ end -}}
{{- end -}}
{{- else if and (kindIs "invalid" $block.enabled) (include "mi.isSaid" (list $block $usual)) -}}
{{- include "mi.warning" (list $root "MI-VALUES-NO-EFFECT" $keys (include "mi.warnings.switchedOff.sentence" (join "." $keys))) -}}
{{- end -}}
{{- end -}}

{{- define "mi.warnings.switchedOff.sentence" -}}
{{- printf "%s.enabled is not set, so the settings beside it have no effect. Set it to true, or to false to keep them for later." . -}}
{{- end -}}

{{/*
mi.isSaid: "true" where a map says something that its defaults do not. Takes (map, defaults).
*/}}
{{- define "mi.isSaid" -}}
{{- $usual := index . 1 -}}
{{- $said := false -}}
{{- range $name, $value := index . 0 | default dict -}}
{{- $default := get $usual $name -}}
{{- if and (kindIs "map" $default) (kindIs "map" $value) -}}
{{- if include "mi.isSaid" (list $value $default) }}{{ $said = true }}{{ end -}}
{{- else if kindIs "invalid" $value -}}
{{- else if hasKey $usual $name -}}
{{- if ne (toJson $value) (toJson $default) }}{{ $said = true }}{{ end -}}
{{- else if $value -}}
{{- $said = true -}}
{{- end -}}
{{- end -}}
{{- if $said }}true{{ end -}}
{{- end -}}
