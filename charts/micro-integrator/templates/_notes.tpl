{{/*
mi.notes.addresses: where the release is reached from outside, one sentence each, as JSON. Takes the root.
*/}}
{{- define "mi.notes.addresses" -}}
{{- $root := . -}}
{{- $namespace := include "mi.namespace" . -}}
{{- $found := list -}}
{{- $ingress := .Values.ingress | default dict -}}
{{- if $ingress.enabled -}}
{{- $all := list $ingress -}}
{{- range $ingress.additional }}{{ if . }}{{ $all = append $all . }}{{ end }}{{ end -}}
{{- range $one := $all -}}
{{- range $host, $settings := $one.hosts -}}
{{- if kindIs "map" $settings -}}
{{- $scheme := ternary "https" "http" (not (empty $settings.tlsSecret)) -}}
{{- range $path, $to := $settings.paths | default (dict "/" dict) -}}
{{- if not (kindIs "invalid" $to) }}{{ $found = append $found (printf "%s://%s%s (Ingress)" $scheme (ternary "ADDRESS" $host (eq $host "*")) $path) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $found = append $found (printf "kubectl --namespace %s get ingress   # ADDRESS, to which DNS has to point" $namespace) -}}
{{- end -}}
{{- $gateway := .Values.gateway | default dict -}}
{{- if include "mi.gateway.renders" . -}}
{{- $all := list $gateway -}}
{{- range $gateway.additional }}{{ if . }}{{ $all = append $all . }}{{ end }}{{ end -}}
{{- range $one := $all -}}
{{- $gateways := list -}}
{{- range $one.parentRefs | default $gateway.parentRefs }}{{ if . }}{{ $gateways = append $gateways .name }}{{ end }}{{ end -}}
{{- if not $gateways }}{{ $gateways = list (include "mi.fullname" $root) }}{{ end -}}
{{- range $one.hostnames | default (list "any host") }}{{ $found = append $found (printf "%s (HTTPRoute, by the Gateway %s)" . (join ", " $gateways)) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $route := .Values.route | default dict -}}
{{- if include "mi.route.renders" . -}}
{{- if $route.host -}}
{{- $found = append $found (printf "%s://%s%s (Route)" (ternary "https" "http" (not (empty $route.tls))) $route.host ($route.path | default "/")) -}}
{{- else -}}
{{- $found = append $found (printf "kubectl --namespace %s get route %s --output jsonpath='{.spec.host}'" $namespace (include "mi.fullname" .)) -}}
{{- end -}}
{{- end -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- if and $workload.hasService (eq "LoadBalancer" ($workload.service.type | default "ClusterIP")) -}}
{{- $found = append $found (printf "kubectl --namespace %s get service %s --watch   # until it has an EXTERNAL-IP" $namespace $workload.name) -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/*
mi.notes.claims: what becomes of the claims of a workload, one sentence each, as JSON. Their names have the workload's
key, so a workload that is renamed starts with a new one. Takes (root, workload).
*/}}
{{- define "mi.notes.claims" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $namespace := include "mi.namespace" $root -}}
{{- $found := list -}}
{{- range $name, $volume := $workload.values.persistence -}}
{{- if and $volume (not $volume.existingClaim) -}}
{{- $claim := include "mi.claimName" (list $workload $name) -}}
{{- if dig "retain" true $volume -}}
{{- $found = append $found (printf "Its claim %s stays when the workload is renamed or the release is uninstalled." $claim) -}}
{{- else -}}
{{- $found = append $found (printf "Its claim %s, with the data in it, goes when the workload is renamed or the release is uninstalled." $claim) -}}
{{- end -}}
{{- if and $root.Release.IsUpgrade (gt (int64 $root.Release.Revision) 1) (not (lookup "v1" "PersistentVolumeClaim" $namespace $claim)) -}}
{{- $found = append $found (printf "That claim is new and empty. If the workload had another name before, its data is in the claim of that name, if retained: `kubectl --namespace %s get persistentvolumeclaims --selector app.kubernetes.io/instance=%s`; to go on with it, set workloads.%s.persistence.%s.existingClaim." $namespace $root.Release.Name $workload.key $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}
