package dev.netbase.scheduler.platform;

import dev.netbase.model.testing.TestDatabase;

/** What asset-api would have registered: a user, agents and workflows, by numbers that the test chooses. */
record Registered(TestDatabase database, int owner) {

    /** A WASM agent without settings of its own, with a package, a version and a file of the same number. */
    void agent(int id, String name) {
        database.execute("""
                insert into users (id, subject, display_name) values (%2$d, 'user-%2$d', 'user-%2$d')
                    on conflict do nothing;
                insert into asset_packages (id, nanoid, name, owner_id) values (%1$d, 'p%1$d', 'p%1$d', %2$d);
                insert into asset_versions (id, package_id, version_string, precedence) values (%1$d, %1$d, '1.0.0', '1');
                insert into asset_files (id, version_id, file_type, relative_path, checksum, size_bytes)
                    values (%1$d, %1$d, 'WASM', 'bin/x.wasm', '%4$s', 8);
                insert into agents (id, name, agent_type, asset_file_id, config, owner_id)
                    values (%1$d, '%3$s', 'WASM', %1$d, '{}', %2$d)""".formatted(id, owner, name, "0".repeat(64)));
    }

    /** The first version of a workflow. */
    void workflow(int id, String name, String definition) {
        database.execute("""
                insert into workflows (id, name, latest_version, owner_id) values (%1$d, '%2$s', 1, %3$d);
                insert into workflow_versions (workflow_id, version, definition) values (%1$d, 1, '%4$s')""".formatted(id, name, owner, definition));
    }
}
