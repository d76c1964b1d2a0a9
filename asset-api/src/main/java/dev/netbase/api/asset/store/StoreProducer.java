package dev.netbase.api.asset.store;

import dev.netbase.api.asset.application.ModuleStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import java.io.IOException;

/** Chooses the module store: the file system's. */
@ApplicationScoped
class StoreProducer {
    @Produces
    @ApplicationScoped
    ModuleStore moduleStore(ModulesConfig config) {
        return new FileModuleStore(config.root());
    }

    void close(@Disposes ModuleStore store) throws IOException {
        if (store instanceof FileModuleStore files) {
            files.close();
        }
    }
}
