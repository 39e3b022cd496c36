{{/*
mi.servicePorts: ports of a workload's Service. Takes a workload.
*/}}
{{- define "mi.servicePorts" -}}
{{- $workload := . -}}
{{- $service := $workload.service -}}
{{- $public := has ($service.type | default "ClusterIP") (list "NodePort" "LoadBalancer") -}}
{{- /* With appProtocol http Azure's load balancer checks GET / and takes 200 only, where MI answers 404. */ -}}
{{- $tells := ternary $service.appProtocol (ne "LoadBalancer" ($service.type | default "ClusterIP")) (kindIs "bool" $service.appProtocol) -}}
{{- if $workload.serves -}}
{{- range list "http" "https" -}}
{{- $listener := get $service . | default dict -}}
{{- if dig "enabled" true ($listener | default dict) }}
- name: {{ . | quote }}
  port: {{ $listener.port | default (get $workload.ports .) | int64 }}
  targetPort: {{ . | quote }}
  {{- if $tells }}
  appProtocol: {{ . }}
  {{- end }}
  {{- if and $public $listener.nodePort }}
  nodePort: {{ $listener.nodePort | int64 }}
  {{- end }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $workload.serves ($workload.values.unitTest).enabled }}
- name: unit-test
  port: {{ include "mi.int" (list $workload.values.unitTest.port 9008) }}
  targetPort: unit-test
{{- end -}}
{{- $protocols := dict "http" "http" "https" "https" "ws" "kubernetes.io/ws" "wss" "kubernetes.io/wss" "grpc" "kubernetes.io/h2c" -}}
{{- range $name, $port := $workload.values.ports | default dict -}}
{{- if and $port (dig "expose" true $port) }}
- name: {{ $name | quote }}
  port: {{ $port.servicePort | default $port.port | int64 }}
  targetPort: {{ $name | quote }}
  {{- if and $public $port.nodePort }}
  nodePort: {{ $port.nodePort | int64 }}
  {{- end }}
  {{- if eq "udp" ($port.protocol | default "tcp") }}
  protocol: UDP
  {{- end }}
  {{- if and $tells (hasKey $protocols ($port.protocol | default "tcp")) }}
  appProtocol: {{ get $protocols $port.protocol }}
  {{- end }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.without: a map without its null entries, as JSON; a fault when none is left. An absent map is the default.
Takes a dict: root, where, map, default (a map), what (the noun for an entry).
*/}}
{{- define "mi.without" -}}
{{- $left := dict -}}
{{- range $key, $value := .map | default .default -}}
{{- if not (kindIs "invalid" $value) }}{{ $_ := set $left $key $value }}{{ end -}}
{{- end -}}
{{- if not $left }}{{ include "mi.fault" (list .root.Values.resolved.faults "MI-VALUES-NEEDS" .where (printf "No %s is left: every entry is null. Name one." .what)) }}{{ end -}}
{{- toJson $left -}}
{{- end -}}

{{/*
mi.backend: Service and port that a public route leads to, as JSON {name, portName, port}; with a fault, and empty,
where it would lead to a port that is not exposed, or to nowhere. A stateful workload is never the default, and answers
at no port unless the values say so. Takes a dict: root, where, workload (key or empty), port.
*/}}
{{- define "mi.backend" -}}
{{- $resolved := .root.Values.resolved -}}
{{- $key := .workload -}}
{{- if not $key -}}
{{- $serving := list -}}
{{- range $resolved.workloads -}}
{{- if and .serves .hasService (or (not .isolated) (eq $resolved.pattern "single-replica")) }}{{ $serving = append $serving .key }}{{ end -}}
{{- end -}}
{{- if eq (len $serving) 1 }}{{ $key = index $serving 0 }}{{ else -}}
{{- $message := printf "No stateless workload serves requests. Set workload there to the one whose artifacts answer: %s." (join ", " (keys $resolved.workloads | sortAlpha)) -}}
{{- if $serving }}{{ $message = printf "It is not clear which workload this leads to: %d serve requests (%s). Set workload there." (len $serving) (join ", " $serving) }}{{ end -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-NO-WORKLOAD" .where $message) -}}
{{- end -}}
{{- end -}}
{{- $workload := get $resolved.workloads ($key | default "") -}}
{{- $portName := .port | default "http" -}}
{{- $found := dict -}}
{{- if and $key (not $workload) -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-NO-WORKLOAD" (printf "%s.workload" .where) (printf "This leads to workload %q, which does not exist. There are: %s." $key (keys $resolved.workloads | sortAlpha | join ", "))) -}}
{{- else if $workload -}}
{{- if has $portName (list "internal" "management") -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-CONDITION" (printf "%s.port" .where) (printf "This leads to the port %s. Management, probes and metrics stay inside the cluster; use http, https or an exposed port of the workload." $portName)) -}}
{{- else -}}
{{- if $workload.hasService -}}
{{- range include "mi.servicePorts" $workload | fromYamlArray }}{{ if eq .name $portName }}{{ $found = . }}{{ end }}{{ end -}}
{{- end -}}
{{- if and (not $found) $workload.isolated (not $workload.single) -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-STATEFUL-EXPOSED" (printf "%s.workload" .where) (printf "This leads to port %q of workload %q, which is stateful and does not open it. Route to a stateless workload; or, if artifacts of %s answer there, open it with %s." $portName $key $key (ternary (printf "workloads.%s.service.enabled: true" $key) (printf "an entry of workloads.%s.ports" $key) (has $portName (list "http" "https"))))) -}}
{{- else if not $found -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-CONDITION" (printf "%s.port" .where) (printf "This leads to port %q of workload %q, which its Service does not open. Use http, https or the name of an exposed entry of workloads.%s.ports, and leave service.enabled on." $portName $key $key)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson (dict "name" ($workload | default dict).name "portName" $portName "port" ($found.port | default 0)) -}}
{{- end -}}
