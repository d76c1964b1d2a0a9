package dev.netbase.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.netbase.worker");

    @Test
    void shouldKeepTheDomainFreeOfTechnology() {
        classes()
                .that()
                .resideInAPackage("..group.domain..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "org.jspecify..", "dev.netbase.worker.group.domain..", "dev.netbase.model..")
                .because("what is claimed, run and reported is the same whatever carries it")
                .check(CLASSES);
    }

    @Test
    void shouldReachKafkaAndTheDatabaseOnlyThroughAdapters() {
        noClasses()
                .that()
                .resideInAPackage("..group.application..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka..", "io.vertx..", "..group.kafka..", "..group.postgres..", "..group.wasm..")
                .because("the application names what it needs as interfaces, and adapters provide it")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("..group.kafka..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .because("Kafka is spoken to in one place")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("..group.postgres..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..")
                .because("SQL is spoken in one place")
                .check(CLASSES);
    }

    @Test
    void shouldKeepScriptsAndContainersIndependentOfGroups() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.netbase.worker.sql..", "dev.netbase.worker.container..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.netbase.worker.group..")
                .because("what runs scripts and containers knows nothing of tasks' rows and records")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.netbase.worker.sql..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "org.postgresql..")
                .because("scripts alone go through JDBC; the worker's own statements are reactive")
                .check(CLASSES);
    }

    @Test
    void shouldKeepTheSandboxIndependentOfGroups() {
        noClasses()
                .that()
                .resideInAPackage("dev.netbase.worker.wasm..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.netbase.worker.group..")
                .because("the sandbox runs modules and knows nothing of tasks' rows and records")
                .allowEmptyShould(true)
                .check(CLASSES);
    }
}
