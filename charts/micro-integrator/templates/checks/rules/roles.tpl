{{- /* With a list of the roles in the archives, each is carried by a workload, and no workload names another. */ -}}
{{- include "mi.decide" . -}}
{{- $faults := .Values.resolved.faults -}}
{{- $listed := (.Values.artifacts).roles | default list -}}
{{- if $listed -}}
{{- $inArchives := dict -}}
{{- range $listed }}{{ $_ := set $inArchives . true }}{{ end -}}
{{- $carried := dict -}}
{{- /* Most servers have the same roles: each is looked at once. */ -}}
{{- $patterns := dict -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- range $index, $role := $workload.roles -}}
{{- if not (hasKey $patterns $role) }}{{ $_ := set $patterns $role (include "mi.isPattern" $role) }}{{ end -}}
{{- $known := false -}}
{{- if get $patterns $role -}}
{{- range $listed }}{{ if include "mi.roleMatches" (list $role .) }}{{ $known = true }}{{ $_ := set $carried . true }}{{ end }}{{ end -}}
{{- else if hasKey $inArchives $role -}}
{{- $known = true }}{{ $_ := set $carried $role true -}}
{{- end -}}
{{- if and (not $known) (has $role $workload.ownRoles) (not (has $role $workload.tomlRoles)) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-ROLE-UNKNOWN" (include "mi.path" (list "workloads" $workload.key "artifacts" "roles")) (printf "The workload has the server role %s, but artifacts.roles of the release does not list it: no archive has this role, so nothing would be deployed for it. Correct it, or add it to artifacts.roles, which lists %s." $role (join ", " $listed))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- /* Roles that any workload names, enabled or not. Only asked for a role that none carries; made once for all
       of those. */ -}}
{{- $named := dict -}}
{{- if lt (len $carried) (len $inArchives) -}}
{{- range $key, $workload := .Values.workloads }}{{ if $workload }}{{ range ($workload.artifacts).roles }}{{ if kindIs "string" . }}{{ $_ := set $named . $key }}{{ end }}{{ end }}{{ end }}{{ end -}}
{{- end -}}
{{- range $index, $role := $listed -}}
{{- $off := get $named $role -}}
{{- if and $off (not (hasKey $carried $role)) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-ROLE-UNUSED" (include "mi.path" (list "workloads" $off "enabled")) (printf "The workload is not enabled, and no other has the server role %s, so no server would deploy the artifacts with this role, and MI would not say so. To stop the work for a while, set paused: true instead of enabled: false. To end it for good, also remove the role from artifacts.roles of the release." $role)) -}}
{{- else if not (hasKey $carried $role) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-ROLE-UNUSED" (printf "artifacts.roles[%d]" $index) (printf "No workload has the server role %s, so no server would deploy the artifacts with this role, and MI would not say so. List it under artifacts.roles of one workload%s." $role (ternary ", or use another pattern: multiple-replicas runs nothing stateful" "" (eq $.Values.resolved.pattern "multiple-replicas")))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
