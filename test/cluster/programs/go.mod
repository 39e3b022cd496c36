module mi-patterns/test/programs

go 1.24
