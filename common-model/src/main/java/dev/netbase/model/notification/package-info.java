/** PostgreSQL's notifications, as services talk over them. */
@NullMarked
package dev.netbase.model.notification;

import org.jspecify.annotations.NullMarked;
