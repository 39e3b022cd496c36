{{/*
mi.resolve.toml: deployment.toml of workloads that say the same about it. Fills `result` with text (empty where the
image's file stays), roles, offset, ports, lastPort, coordinates (URL of the coordination database), placeholders and
secretEnv. Takes a dict: root, key, own, timeout, database, result.
*/}}
{{- define "mi.resolve.toml" -}}
{{- $resolved := .root.Values.resolved -}}
{{- $result := .result -}}
{{- $ofChart := ne "image" ((.root.Values.runtime).deploymentTomlFrom | default "values") -}}
{{- $toml := dict -}}
{{- if $ofChart }}{{ $toml = mustMergeOverwrite (deepCopy $resolved.toml) (.own | default dict) }}{{ end -}}
{{- $server := $toml.server | default dict -}}
{{- $_ := set $result "text" "" -}}
{{- $_ := set $result "coordinates" "" -}}
{{- $_ := set $result "secretEnv" dict -}}
{{- $_ := set $result "placeholders" list -}}
{{- if $ofChart -}}
{{- include "mi.validate.toml" (dict "key" .key "faults" $resolved.faults "server" $server "toml" $toml) -}}
{{- $forced := dict "hot_deployment" false -}}
{{- if $resolved.stopsGracefully -}}
{{- $forced = dict "hot_deployment" false "graceful_shutdown_enabled" true "graceful_shutdown_timeout" (mul .timeout 1000) -}}
{{- end -}}
{{- $_ := set $toml "server" (mustMergeOverwrite $server $forced) -}}
{{- range $addition := $resolved.appended -}}
{{- $elements := get $toml $addition.path | default list -}}
{{- $own := false -}}
{{- range $elements }}{{ if eq (toString (get . $addition.id)) (toString (get $addition.item $addition.id)) }}{{ $own = true }}{{ end }}{{ end -}}
{{- if not $own }}{{ $_ := set $toml $addition.path (append $elements $addition.item) }}{{ end -}}
{{- end -}}
{{- if .database }}{{ include "mi.coordination.toml" (dict "key" .key "faults" $resolved.faults "toml" $toml "database" .database) }}{{ end -}}
{{- include "mi.datasources" $toml -}}
{{- $text := include "mi.toml" $toml -}}
{{- $_ := set $result "text" $text -}}
{{- range $toml.datasource }}{{ if eq "WSO2_COORDINATION_DB" (toString .id) }}{{ $_ := set $result "coordinates" (.url | default "without url" | toString) }}{{ end }}{{ end -}}
{{- range regexFindAll "\\$env\\{[^{}]+\\}" $text -1 | uniq | sortAlpha -}}
{{- $name := . | trimPrefix "$env{" | trimSuffix "}" -}}
{{- $_ := set $result "placeholders" (append $result.placeholders $name) -}}
{{- if hasKey $resolved.secretEnv $name }}{{ $_ := set $result.secretEnv $name (get $resolved.secretEnv $name) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $offset := include "mi.int" (list $server.offset 10) | int64 -}}
{{- $listener := (($toml.transport).http).listener | default dict -}}
{{- $secured := (((($toml.transport).https).listener).parameter).port -}}
{{- $synapse := $toml.synapse_properties | default dict -}}
{{- $mediation := $toml.mediation | default dict -}}
{{- /* MI takes the value of -DserverRoles apart at commas, so one entry can name several. */ -}}
{{- $_ := set $result "roles" (splitList "," (join "," ($server.roles | default (list "EnterpriseIntegrator" "EnterpriseServiceBus" "DataServicesServer")) | nospace)) -}}
{{- $_ := set $result "offset" $offset -}}
{{- $_ := set $result "ports" (dict
  "http" (add $offset (include "mi.int" (list (($listener.parameter).port | default $listener.port) 8280) | int64))
  "https" (add $offset (include "mi.int" (list ($secured | default $listener.secured_port) 8243) | int64))
  "internal" (add $offset (include "mi.int" (list ((get $synapse "internal.http.api.port") | default $mediation.internal_http_api_port) 9191) | int64))
  "management" (add $offset (include "mi.int" (list ((get $synapse "internal.https.api.port") | default $mediation.internal_https_api_port) 9154) | int64))) -}}
{{- /* MI 4.3.0 opens HTTP, then HTTPS, up to 84 ms later on a busy machine. An image's file may switch HTTPS off. */ -}}
{{- $_ := set $result "lastPort" (ternary "https" "http" (and $ofChart (ne "false" (toString $listener.secured_enable)))) -}}
{{- end -}}

{{/*
mi.validate.toml: keys of deployment.toml that the chart writes or counts with. Takes a dict: key, faults, server, toml.
*/}}
{{- define "mi.validate.toml" -}}
{{- $key := .key -}}
{{- $faults := .faults -}}
{{- $where := include "mi.path" (list "workloads" .key "deploymentToml") -}}
{{- $toml := .toml -}}
{{- $server := .server -}}
{{- include "mi.toml.lists" (dict "faults" $faults "path" $where "data" $toml "inline" false) -}}
{{- with $server.offset -}}
{{- if or (not (regexMatch "^[0-9]+(\\.0+)?$|e\\+" (toString .))) (ne (float64 .) (floor .)) (gt (float64 .) 50000.0) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-RANGE" (printf "%s.server.offset" $where) (printf "server.offset is %v (workload %q), but the ports of containers and Services follow from it. Write a whole number from 0 to 50000." . $key)) -}}
{{- end -}}
{{- end -}}
{{- if $server.hot_deployment -}}
{{- include "mi.fault" (list $faults "MI-VALUES-RESERVED" (printf "%s.server.hot_deployment" $where) (printf "server.hot_deployment is true (workload %q). In a pod an archive never changes in place, and with hot deployment the readiness check does not see faulty archives. Remove it; the chart writes false." $key)) -}}
{{- end -}}
{{- range list "graceful_shutdown_enabled" "graceful_shutdown_timeout" -}}
{{- if hasKey $server . -}}
{{- include "mi.fault" (list $faults "MI-VALUES-RESERVED" (printf "%s.server.%s" $where .) (printf "server.%s is set (workload %q), but the chart derives it, so that the pod is given the time that MI takes. Set gracefulShutdown.timeoutSeconds instead." . $key)) -}}
{{- end -}}
{{- end -}}
{{- /* MI writes [system.parameter] to carbon.properties, and its next start in the same container makes each
       entry a system property, also one that its command line has
       (org.wso2.micro.integrator.bootstrap.Bootstrap.addSystemProperties). */ -}}
{{- range $name, $value := ($toml.system).parameter -}}
{{- if has $name (list "serverRoles" "nodeId") -}}
{{- include "mi.fault" (list $faults "MI-VALUES-RESERVED" (include "mi.path" (list "workloads" $key "deploymentToml" "system" "parameter" $name)) (printf "system.parameter.%s is set (workload %q). It would replace what the chart starts the server with as soon as its container starts again. Remove it%s." $name $key (ternary "; set artifacts.roles, or deploymentToml.server.roles for other roles than MI's own" "" (eq $name "serverRoles")))) -}}
{{- end -}}
{{- end -}}
{{- $synapse := $toml.synapse_properties | default dict -}}
{{- $mediation := $toml.mediation | default dict -}}
{{- range list (get $synapse "internal.http.api.enabled") $mediation.internal_http_api_enable -}}
{{- if eq "false" (toString .) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.mediation.internal_http_api_enable" $where) (printf "deploymentToml switches MI's internal HTTP API off (workload %q: mediation.internal_http_api_enable), where the readiness and liveness checks are. Remove it; the port is inside the pod network only, and networkPolicy closes it further." $key)) -}}
{{- end -}}
{{- end -}}
{{- range list "readiness_probe" "liveness_probe" -}}
{{- $protocols := (get $toml . | default dict).protocols -}}
{{- if and $protocols (not (has "http" (splitList " " (toString $protocols)))) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.%s.protocols" $where .) (printf "protocols is %v (workload %q), but the kubelet checks over http. Write \"http https\"." $protocols $key)) -}}
{{- end -}}
{{- end -}}
{{- if eq "false" (toString ((($toml.transport).http).listener).enable) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.transport.http.listener.enable" $where) (printf "transport.http.listener.enable is false (workload %q), but the Service and the tests of the chart lead to that listener. Leave it open, and set service.http.enabled: false to keep it inside the pod." $key)) -}}
{{- end -}}
{{- end -}}

{{/*
mi.datasources: writes the URLs of the data sources as MI needs them. MI copies them into master-datasources.xml as they
are (micro-integrator, master-datasources.xml.j2), so that a bare `&` makes the file malformed: MI then starts without
the data source, and without the coordination database every server runs every task. Takes the deployment.toml (changed
in place).
*/}}
{{- define "mi.datasources" -}}
{{- $sources := list -}}
{{- range $source := .datasource -}}
{{- if and (kindIs "map" $source) (kindIs "string" $source.url) -}}
{{- $source = merge (dict "url" ($source.url | replace "&amp;" "&" | replace "&" "&amp;" | replace "<" "&lt;")) $source -}}
{{- end -}}
{{- $sources = append $sources $source -}}
{{- end -}}
{{- if $sources }}{{ $_ := set . "datasource" $sources }}{{ end -}}
{{- end -}}
