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
