{{/*
Fencing (recovery: fenced): lease-guard is process 1 of the MI container. It starts MI only while it holds the Leases of
all stateful artifacts of the workload, and kills it before another may hold them. Its program is in the image that
`mi-patterns package` writes, or an init container brings it from fencing.image.

mi.fencing.times: seconds of the Leases. With a standby they are those of client-go's leader election; without one, the
next pod starts only after Kubernetes has given the node up, and longer times outlast a longer absence of the API
server. Takes (root, workload); prints JSON.
*/}}
{{- define "mi.fencing.times" -}}
{{- $fencing := (index . 0).Values.fencing | default dict -}}
{{- $quick := (index . 1).standby -}}
{{- dict "lease" (include "mi.int" (list $fencing.leaseSeconds (ternary 15 40 $quick)) | int64) "limit" (include "mi.int" (list $fencing.limitSeconds (ternary 10 25 $quick)) | int64) "renew" (include "mi.int" (list $fencing.renewSeconds (ternary 2 5 $quick)) | int64) | toJson -}}
{{- end -}}

{{/*
mi.fencing.forwards: ports of the workload's Services as JSON: name to the port of MI. At these the guard of every pod
listens at mi.fencing.front and passes connections on to the pod that works. Takes the workload.
*/}}
{{- define "mi.fencing.forwards" -}}
{{- $ports := dict -}}
{{- if and .fenced .hasService -}}
{{- if .serves }}{{ $ports = pick .ports "http" "https" }}{{ end -}}
{{- if ((.service).management).enabled }}{{ $_ := set $ports "management" .ports.management }}{{ end -}}
{{- range $name, $port := .values.ports | default dict -}}
{{- if and $port (dig "expose" true $port) (ne "udp" ($port.protocol | default "tcp")) }}{{ $_ := set $ports $name ($port.port | int64) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $ports | toJson -}}
{{- end -}}

{{/*
mi.fencing.front: port at which the guard listens for a port of MI. Takes the port.
*/}}
{{- define "mi.fencing.front" -}}
{{- $port := int64 . -}}
{{- ternary (add $port 20000) (sub $port 20000) (le $port 45535) -}}
{{- end -}}

{{/*
mi.fencing.artifacts: what the guard of a workload takes Leases for, as a sorted JSON list. Only one pod of the
namespace may run the stateful artifacts that the workload names, else the server roles that no other workload has; and
the workload itself, so that its pods from before and after a change of these names wait for each other. Takes (root,
workload).
*/}}
{{- define "mi.fencing.artifacts" -}}
{{- $workload := index . 1 -}}
{{- append (($workload.values.artifacts).stateful | default (include "mi.ownRoles" . | fromJsonArray)) (printf "workload/%s" $workload.name) | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/*
mi.fencing.command: command of the MI container, before its arguments. Takes (root, workload). MI has the same time to
start and the same tolerance for failed checks as without a guard. The entry point is the one that mi-patterns package
puts into an image, else WSO2's, unless the values name another.
*/}}
{{- define "mi.fencing.command" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $fencing := $root.Values.fencing | default dict -}}
{{- $times := $workload.times -}}
{{- $startup := ($workload.values.probes).startup | default dict -}}
{{- $often := include "mi.startup.often" $startup | fromJson -}}
{{- $readiness := ($workload.values.probes).readiness | default dict -}}
{{- $check := $startup.check | default "port" -}}
- {{ ternary "/lease-guard/lease-guard" "/home/wso2carbon/mi-patterns/lease-guard" (not (empty $fencing.image)) }}
- run
{{- range include "mi.fencing.artifacts" . | fromJsonArray }}
- {{ printf "--artifact=%s" . | quote }}
{{- end }}
{{- with $fencing.scope }}
- {{ printf "--scope=%s" . | quote }}
{{- end }}
- --credentials=/var/run/lease-guard
- --renew={{ $times.renew }}s
- --limit={{ $times.limit }}s
- --duration={{ $times.lease }}s
- --listen={{ $workload.guardPort }}
- --health={{ $workload.ports.internal }}
- --started={{ get $workload.ports $workload.lastPort }}
{{- if ne $check "port" }}
- --check=/{{ $check }}
{{- end }}
- --patience={{ add (include "mi.int" (list $startup.initialDelaySeconds $often.delay)) (mul (include "mi.int" (list $startup.periodSeconds $often.period)) (include "mi.int" (list $startup.failureThreshold $often.failures))) }}s
- --tolerance={{ mul (include "mi.int" (list $readiness.periodSeconds 5)) (sub (include "mi.int" (list $readiness.failureThreshold 3)) 1) }}s
- {{ printf "--workload=%s" $workload.name | quote }}
- --handover=10s
{{- if and $workload.drain (not ($workload.values.lifecycle | default dict).preStop) }}
- --drain={{ $workload.drain }}s
{{- end }}
{{- $forwards := list }}
{{- range $name, $port := include "mi.fencing.forwards" $workload | fromJson }}
{{- $forwards = append $forwards (printf "%s:%d" (include "mi.fencing.front" $port) (int64 $port)) }}
{{- end }}
{{- if $forwards }}
- --forward={{ $forwards | sortAlpha | join "," }}
{{- end }}
- --
{{- with $workload.values.command | default $fencing.entrypoint }}
{{- range . }}
- {{ . | quote }}
{{- end }}
{{- else }}
- /bin/sh
- -c
- |
  if [ -f /home/wso2carbon/mi-patterns/entrypoint.sh ]; then exec /bin/sh /home/wso2carbon/mi-patterns/entrypoint.sh "$@"; fi
  exec /home/wso2carbon/docker-entrypoint.sh "$@"
- sh
{{- end }}
{{- end -}}

{{/*
mi.fencing.probes: readiness and liveness of a pod with a guard, which asks MI's own once MI is up. Ready is who works,
or stands by while connections to it are answered; one that stands by must leave the Service before the pod that works
has ended, so a single failure counts, and the guard itself is patient with MI. A startup probe would end a pod that
stands by; the guard keeps its time instead. Takes a workload.
*/}}
{{- define "mi.fencing.probes" -}}
{{- $probes := .values.probes | default dict -}}
readinessProbe:
  httpGet:
    path: /ready
    port: guard
  {{- include "mi.probe" (list (pick ($probes.readiness | default dict) "initialDelaySeconds" "timeoutSeconds") 0 2 5 1) | nindent 2 }}
livenessProbe:
  httpGet:
    path: /live{{ if eq "healthz" (($probes.liveness | default dict).check | default "liveness") }}?check=healthz{{ end }}
    port: guard
  {{- include "mi.probe" (list ($probes.liveness | default dict) 0 10 5 6) | nindent 2 }}
{{- end -}}

{{/*
mi.fencing.install: init container that copies lease-guard. Takes (root, workload).
*/}}
{{- define "mi.fencing.install" -}}
{{- $fencing := (index . 0).Values.fencing | default dict -}}
- name: install-lease-guard
  image: {{ include "mi.imageReference" (list (index . 0) $fencing.image) | quote }}
  terminationMessagePolicy: FallbackToLogsOnError
  imagePullPolicy: {{ $fencing.pullPolicy | default "IfNotPresent" }}
  command:
    - /lease-guard
    - install
    - /target
  resources:
    requests:
      cpu: 10m
      memory: 32Mi
    limits:
      {{- with (((index . 1).values.resources).limits).cpu }}
      cpu: {{ include "mi.plain" . | quote }}
      {{- end }}
      memory: 64Mi
  securityContext:
    {{- include "mi.containerSecurityContext" (dict "readOnly" true "values" (index . 1).values) | nindent 4 }}
  volumeMounts:
    - name: lease-guard
      mountPath: /target
{{- end -}}

{{/*
mi.fencing.volumes: the program where fencing.image brings it, and what it needs to reach the API server. No other pod
gets a token. Takes (root, workload).
*/}}
{{- define "mi.fencing.volumes" -}}
{{- if ((index . 0).Values.fencing).image }}
- name: lease-guard
  emptyDir:
    sizeLimit: 32Mi
{{- end }}
- name: lease-credentials
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
            - path: uid
              fieldRef:
                fieldPath: metadata.uid
            - path: name
              fieldRef:
                fieldPath: metadata.name
            - path: template
              fieldRef:
                fieldPath: metadata.labels['pod-template-hash']
{{- end -}}
