module mi-patterns/lease-guard

go 1.25
