{{/*
mi.logging: conf/log4j2.properties that writes to the console alone, as a container should; empty without a level.
Takes logging of a workload.
*/}}
{{- define "mi.logging" -}}
{{- $logging := . | default dict -}}
{{- if $logging.level -}}
{{- $loggers := dict -}}
{{- $number := 0 -}}
{{- range $name, $level := $logging.loggers | default dict -}}
{{- if $level }}{{ $number = add1 $number }}{{ $_ := set $loggers (printf "logger%d" $number) (dict "name" $name "level" $level) }}{{ end -}}
{{- end -}}
{{- /* MI has log files of their own for these. On one console each line of a log mediator would be there twice, and
       each check of the kubelet twice a time. Whoever names one under loggers gets it. */ -}}
{{- $quiet := dict "API_LOGGER" "API_LOGGER" "PassThroughAccess" "org.apache.synapse.transport.http.access.logs" "SERVICE_LOGGER" "SERVICE_LOGGER" -}}
{{- range $key, $name := $quiet }}{{ if not (get ($logging.loggers | default dict) $name) }}{{ $_ := set $loggers $key (dict "name" $name "level" "OFF") }}{{ end }}{{ end -}}
{{- /* MI's management API changes the loggers of this list, so it is always there. */ -}}
loggers = {{ join ", " (concat (list "AUDIT_LOG") (keys $loggers | sortAlpha)) }}
appenders = CARBON_CONSOLE
appender.CARBON_CONSOLE.type = Console
appender.CARBON_CONSOLE.name = CARBON_CONSOLE
appender.CARBON_CONSOLE.layout.type = PatternLayout
appender.CARBON_CONSOLE.layout.pattern = {{ $logging.pattern | default "[%d] %5p {%c} [%X{Correlation-ID}] - %m%ex%n" }}
rootLogger.level = {{ $logging.level }}
rootLogger.appenderRef.CARBON_CONSOLE.ref = CARBON_CONSOLE
logger.AUDIT_LOG.name = AUDIT_LOG
logger.AUDIT_LOG.level = INFO
{{- range $key := keys $loggers | sortAlpha }}
logger.{{ $key }}.name = {{ (get $loggers $key).name }}
logger.{{ $key }}.level = {{ (get $loggers $key).level }}
{{- end }}
{{ end -}}
{{- end -}}
