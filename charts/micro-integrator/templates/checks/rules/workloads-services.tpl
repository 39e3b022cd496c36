{{- /* What Kubernetes refuses in the Services of workloads. */ -}}
{{- include "mi.decide" . -}}
{{- range .Values.resolved.workloads }}{{ if .hasService }}{{ include "mi.validate.service" . }}{{ end }}{{ end -}}

{{/*
mi.validate.service: an address, families and node ports that fit each other. Takes a workload.
*/}}
{{- define "mi.validate.service" -}}
{{- $faults := .faults -}}
{{- $service := .service -}}
{{- $type := $service.type | default "ClusterIP" -}}
{{- $where := list "workloads" .key "service" -}}
{{- if and (eq "None" ($service.clusterIP | default "")) (ne $type "ClusterIP") -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (include "mi.path" (append $where "clusterIP")) (printf "A headless Service (clusterIP: None) has no address to which a %s could lead, and Kubernetes refuses it. Remove clusterIP, or set type: ClusterIP." $type)) -}}
{{- end -}}
{{- if and (gt (len ($service.ipFamilies | default list)) 1) (not (has ($service.ipFamilyPolicy | default "") (list "PreferDualStack" "RequireDualStack"))) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (include "mi.path" (append $where "ipFamilyPolicy")) "Kubernetes takes two ipFamilies only with PreferDualStack or RequireDualStack. Set one of them, or keep one family.") -}}
{{- end -}}
{{- $http := ($service.http | default dict) -}}
{{- $https := ($service.https | default dict) -}}
{{- if and .serves (ne $type "ClusterIP") $http.nodePort $https.nodePort (dig "enabled" true $http) (dig "enabled" true $https) (eq (int64 ($http.nodePort | default 0)) (int64 ($https.nodePort | default 0))) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (include "mi.path" (concat $where (list "https" "nodePort"))) (printf "The node port %d is that of http, too. Give each its own." (int64 $https.nodePort))) -}}
{{- end -}}
{{- end -}}
