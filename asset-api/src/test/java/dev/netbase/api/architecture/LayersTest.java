package dev.netbase.api.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.Path;
import org.junit.jupiter.api.Test;

class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.netbase.api");

    @Test
    void shouldKeepTheDomainFreeOfFrameworks() {
        classes()
                .that()
                .resideInAnyPackage("dev.netbase.api..domain..", "dev.netbase.api..wasm..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.jspecify.annotations..",
                        "dev.netbase.api..domain..",
                        "dev.netbase.api..wasm..",
                        "dev.netbase.model.asset..",
                        "dev.netbase.model.file..",
                        "dev.netbase.model.task..",
                        "dev.netbase.model.run..")
                .because("what a version, a path or a module may be must be testable with nothing but Java")
                .check(CLASSES);
    }

    @Test
    void shouldPointFromAdaptersToTheApplication() {
        noClasses()
                .that()
                .resideInAPackage("dev.netbase.api..application..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.netbase.api..rest..",
                        "dev.netbase.api..persistence..",
                        "dev.netbase.api..store..",
                        "dev.netbase.api..messaging..",
                        "jakarta.ws.rs..",
                        "jakarta.persistence..",
                        "io.vertx.mutiny.sqlclient..",
                        "org.apache.kafka..")
                .because("use cases say what they need in ports; how it is done is for adapters")
                .check(CLASSES);
    }

    @Test
    void shouldKeepEntitiesInPersistence() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.netbase.api..persistence..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.netbase.model.persistence..")
                .because("an entity is bound to its session and would drag the database into whatever holds it")
                .check(CLASSES);
    }

    @Test
    void shouldKeepAdaptersApart() {
        noClasses()
                .that()
                .resideInAPackage("dev.netbase.api..rest..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.netbase.api..persistence..", "dev.netbase.api..store..", "dev.netbase.api..messaging..")
                .because("HTTP knows use cases and ports only")
                .check(CLASSES);
    }

    @Test
    void shouldKeepThePlatformBelowTheFeatures() {
        noClasses()
                .that()
                .resideInAPackage("dev.netbase.api.platform..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.netbase.api.asset..",
                        "dev.netbase.api.agent..",
                        "dev.netbase.api.workflow..",
                        "dev.netbase.api.run..",
                        "dev.netbase.api.artifact..")
                .because("features stand on the platform, not the other way round")
                .check(CLASSES);
    }

    @Test
    void shouldSayOfEveryResourceWhoMayCallIt() {
        classes()
                .that()
                .areAnnotatedWith(Path.class)
                .should()
                .beAnnotatedWith(jakarta.annotation.security.RolesAllowed.class)
                .because("permissions by path have been bypassed before; annotations have not")
                .check(CLASSES);
    }
}
