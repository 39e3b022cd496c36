{{/*
Fencing (recovery: fenced): lease-guard is process 1 of the MI container. It starts MI only while it holds the workload's Lease,
and kills it before another may hold that. Its program comes from an image of the user's by an init container, since MI's image
does not have it.

mi.fencing.times: seconds of the Lease, each with its default. Takes the root; prints JSON.
*/}}
{{- define "mi.fencing.times" -}}
{{- $fencing := .Values.fencing | default dict -}}
{{- dict "lease" (include "mi.int" (list $fencing.leaseSeconds 40) | int64) "limit" (include "mi.int" (list $fencing.limitSeconds 25) | int64) "renew" (include "mi.int" (list $fencing.renewSeconds 5) | int64) | toJson -}}
{{- end -}}

{{/*
mi.fencing.command: command of the MI container, before its arguments. Takes (root, workload).
The entry point is the one that mi-patterns package puts into an image, else WSO2's, unless the values name another.
*/}}
{{- define "mi.fencing.command" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $times := include "mi.fencing.times" $root | fromJson -}}
- /lease-guard/lease-guard
- run
- --lease={{ $workload.name }}
- --credentials=/var/run/lease-guard
- --renew={{ $times.renew }}s
- --limit={{ $times.limit }}s
- --duration={{ $times.lease }}s
- --
{{- with ($root.Values.fencing).entrypoint }}
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
      memory: 64Mi
  securityContext:
    {{- include "mi.containerSecurityContext" (dict "readOnly" true "values" (index . 1).values) | nindent 4 }}
  volumeMounts:
    - name: lease-guard
      mountPath: /target
{{- end -}}

{{/*
mi.fencing.volumes: the program, and what it needs to reach the API server. No other pod gets a token.
*/}}
{{- define "mi.fencing.volumes" -}}
- name: lease-guard
  emptyDir:
    sizeLimit: 32Mi
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
{{- end -}}

{{/*
mi.fencing.names: names of the Leases of the release, as JSON; empty when nothing is fenced. Takes the root.
*/}}
{{- define "mi.fencing.names" -}}
{{- $names := list -}}
{{- range .Values.resolved.workloads }}{{ if .fenced }}{{ $names = append $names .name }}{{ end }}{{ end -}}
{{- if $names }}{{ $names | toJson }}{{ end -}}
{{- end -}}

{{/*
mi.validate.fencing: never something weaker than what was asked for. Takes (root, workload).
*/}}
{{- define "mi.validate.fencing" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- if and (eq "fenced" ($workload.own.recovery | default "")) (eq $workload.type "stateless") -}}
{{- fail (printf "\n\nworkloads.%s.recovery is fenced, but the workload is stateless: its pods may all be active. Set type: stateful, or remove recovery." $workload.key) -}}
{{- end -}}
{{- if and (eq "fenced" ($workload.values.recovery | default "")) (eq $workload.type "stateful") (not $workload.isolated) -}}
{{- fail (printf "\n\nworkload %q has recovery fenced, but coordination.mode is database: its servers agree through the database which of them is active. Remove recovery, or set coordination.mode: isolate." $workload.key) -}}
{{- end -}}
{{- if and $workload.fenced (eq $workload.key "rollout") -}}
{{- fail (printf "\n\nThe Lease of the fenced workload \"rollout\" would be called %s, like the one with which mi-patterns rollout locks the release. Rename the workload." $workload.name) -}}
{{- end -}}
{{- if $workload.fenced -}}
{{- $fencing := $root.Values.fencing | default dict -}}
{{- if not $fencing.image -}}
{{- fail (printf "\n\nworkload %q has recovery fenced, but fencing.image is empty, and there is no public image for it. Build it as packages/lease-guard/README.md says, and name it by its digest." $workload.key) -}}
{{- end -}}
{{- $times := include "mi.fencing.times" $root | fromJson -}}
{{- $least := add (mul 2 (int64 $times.renew)) 4 -}}
{{- if lt (int64 $times.limit) $least -}}
{{- fail (printf "\n\nfencing.limitSeconds is %d, which is too short for renewals every %d s (fencing.renewSeconds): one lost request would end the work. Set it to %d or more." (int64 $times.limit) (int64 $times.renew) $least) -}}
{{- end -}}
{{- if lt (int64 $times.lease) (add (int64 $times.limit) 10) -}}
{{- fail (printf "\n\nfencing.leaseSeconds is %d, and must exceed fencing.limitSeconds (%d) by 10 or more: the time in which a server is surely dead before the next one starts." (int64 $times.lease) (int64 $times.limit)) -}}
{{- end -}}
{{- $startup := ($workload.values.probes).startup | default dict -}}
{{- $patience := add (include "mi.int" (list $startup.initialDelaySeconds 5) | int64) (mul (include "mi.int" (list $startup.periodSeconds 3) | int64) (include "mi.int" (list $startup.failureThreshold 200) | int64)) -}}
{{- if lt $patience (add (int64 $times.lease) 60) -}}
{{- fail (printf "\n\nThe startup probe of workload %q gives up after %d s, but with recovery fenced MI may start only after %d s (fencing.leaseSeconds), and needs its own time then. Raise probes.startup.failureThreshold, so that it waits %d s or more." $workload.key $patience (int64 $times.lease) (add (int64 $times.lease) 60)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
