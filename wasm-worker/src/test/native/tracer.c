/*
 * A tracing agent, as the one that comes with GraalVM is, for JDKs that have none: writes down what a program asks the JVM
 * for by name while it runs, one line each, to the file that its option names.
 *
 *   jni METHOD CLASS[.NAME SIGNATURE] by CALLER          what native code asked for
 *   reflection METHOD CLASS by CALLER                    whose members Java code asked for
 *   resource METHOD NAME by CALLER                       which files of the archive
 *
 * Classes are written as in signatures. CALLER is the class whose method asked, or "-" for a thread without Java frames.
 */
#include <jni.h>
#include <jvmti.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static jvmtiEnv *jvmti;
static FILE *out;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static jniNativeInterface *jvm;

/* The methods of Java that are watched, and what their slot 0 or 1 is. */
enum kind { OF_THIS, NAMED_CLASS, NAMED_RESOURCE, STATIC_NAMED_CLASS };
static struct watched {
    const char *class_name, *name, *signature;
    enum kind kind;
    jmethodID id;
} watched[] = {
    {"java/lang/Class", "getDeclaredMethods", "()[Ljava/lang/reflect/Method;", OF_THIS, 0},
    {"java/lang/Class", "getMethods", "()[Ljava/lang/reflect/Method;", OF_THIS, 0},
    {"java/lang/Class", "getDeclaredFields", "()[Ljava/lang/reflect/Field;", OF_THIS, 0},
    {"java/lang/Class", "getFields", "()[Ljava/lang/reflect/Field;", OF_THIS, 0},
    {"java/lang/Class", "getDeclaredConstructors", "()[Ljava/lang/reflect/Constructor;", OF_THIS, 0},
    {"java/lang/Class", "getConstructors", "()[Ljava/lang/reflect/Constructor;", OF_THIS, 0},
    {"java/lang/Class", "getRecordComponents", "()[Ljava/lang/reflect/RecordComponent;", OF_THIS, 0},
    {"java/lang/Class", "getDeclaredMethod",
     "(Ljava/lang/String;[Ljava/lang/Class;)Ljava/lang/reflect/Method;", OF_THIS, 0},
    {"java/lang/Class", "getMethod", "(Ljava/lang/String;[Ljava/lang/Class;)Ljava/lang/reflect/Method;", OF_THIS, 0},
    {"java/lang/Class", "getDeclaredField", "(Ljava/lang/String;)Ljava/lang/reflect/Field;", OF_THIS, 0},
    {"java/lang/Class", "getField", "(Ljava/lang/String;)Ljava/lang/reflect/Field;", OF_THIS, 0},
    {"java/lang/Class", "getDeclaredConstructor", "([Ljava/lang/Class;)Ljava/lang/reflect/Constructor;", OF_THIS, 0},
    {"java/lang/Class", "getConstructor", "([Ljava/lang/Class;)Ljava/lang/reflect/Constructor;", OF_THIS, 0},
    {"java/lang/Class", "forName", "(Ljava/lang/String;)Ljava/lang/Class;", STATIC_NAMED_CLASS, 0},
    {"java/lang/Class", "forName", "(Ljava/lang/String;ZLjava/lang/ClassLoader;)Ljava/lang/Class;", STATIC_NAMED_CLASS, 0},
    {"java/lang/Class", "getResource", "(Ljava/lang/String;)Ljava/net/URL;", NAMED_RESOURCE, 0},
    {"java/lang/Class", "getResourceAsStream", "(Ljava/lang/String;)Ljava/io/InputStream;", NAMED_RESOURCE, 0},
    {"java/lang/ClassLoader", "getResource", "(Ljava/lang/String;)Ljava/net/URL;", NAMED_RESOURCE, 0},
    {"java/lang/ClassLoader", "getResources", "(Ljava/lang/String;)Ljava/util/Enumeration;", NAMED_RESOURCE, 0},
    {"java/lang/ClassLoader", "getResourceAsStream", "(Ljava/lang/String;)Ljava/io/InputStream;", NAMED_RESOURCE, 0},
};
#define WATCHED (sizeof watched / sizeof watched[0])

static void line(const char *what, const char *how, const char *of, const char *name, const char *signature,
                 const char *caller) {
    pthread_mutex_lock(&lock);
    fprintf(out, "%s %s %s", what, how, of);
    if (name) fprintf(out, ".%s%s", name, signature);
    fprintf(out, " by %s\n", caller);
    fflush(out);
    pthread_mutex_unlock(&lock);
}

/* The class of the frame at this depth of the current thread; to be given back with Deallocate, or null. */
static char *class_at(JNIEnv *env, jint depth) {
    jmethodID method;
    jlocation at;
    jclass declaring;
    char *signature = NULL;
    if ((*jvmti)->GetFrameLocation(jvmti, NULL, depth, &method, &at) == JVMTI_ERROR_NONE
        && (*jvmti)->GetMethodDeclaringClass(jvmti, method, &declaring) == JVMTI_ERROR_NONE) {
        (*jvmti)->GetClassSignature(jvmti, declaring, &signature, NULL);
        jvm->DeleteLocalRef(env, declaring);
    }
    return signature;
}

static void from_native(JNIEnv *env, const char *how, jclass of, const char *name, const char *signature) {
    char *type = NULL, *caller = class_at(env, 0);
    if ((*jvmti)->GetClassSignature(jvmti, of, &type, NULL) == JVMTI_ERROR_NONE) {
        line("jni", how, type, name, signature, caller ? caller : "-");
        (*jvmti)->Deallocate(jvmti, (unsigned char *)type);
    }
    if (caller) (*jvmti)->Deallocate(jvmti, (unsigned char *)caller);
}

static jclass JNICALL find_class(JNIEnv *env, const char *name) {
    jclass found = jvm->FindClass(env, name);
    if (found) from_native(env, "FindClass", found, NULL, NULL);
    return found;
}

static jmethodID JNICALL method_id(JNIEnv *env, jclass of, const char *name, const char *signature) {
    from_native(env, "GetMethodID", of, name, signature);
    return jvm->GetMethodID(env, of, name, signature);
}

static jmethodID JNICALL static_method_id(JNIEnv *env, jclass of, const char *name, const char *signature) {
    from_native(env, "GetStaticMethodID", of, name, signature);
    return jvm->GetStaticMethodID(env, of, name, signature);
}

static jfieldID JNICALL field_id(JNIEnv *env, jclass of, const char *name, const char *signature) {
    from_native(env, "GetFieldID", of, name, signature);
    return jvm->GetFieldID(env, of, name, signature);
}

static jfieldID JNICALL static_field_id(JNIEnv *env, jclass of, const char *name, const char *signature) {
    from_native(env, "GetStaticFieldID", of, name, signature);
    return jvm->GetStaticFieldID(env, of, name, signature);
}

/* Looks up the constructor that takes a message. */
static jint JNICALL throw_new(JNIEnv *env, jclass of, const char *message) {
    from_native(env, "ThrowNew", of, "<init>", "(Ljava/lang/String;)V");
    return jvm->ThrowNew(env, of, message);
}

static jobjectArray JNICALL new_object_array(JNIEnv *env, jsize length, jclass of, jobject first) {
    from_native(env, "NewObjectArray", of, NULL, NULL);
    return jvm->NewObjectArray(env, length, of, first);
}

static void string_line(JNIEnv *env, const char *what, const char *how, jobject text, const char *caller) {
    const char *chars = text ? jvm->GetStringUTFChars(env, text, NULL) : NULL;
    if (chars) {
        line(what, how, chars, NULL, NULL, caller);
        jvm->ReleaseStringUTFChars(env, text, chars);
    }
}

static void JNICALL on_breakpoint(jvmtiEnv *unused, JNIEnv *env, jthread thread, jmethodID method, jlocation at) {
    for (size_t i = 0; i < WATCHED; i++) {
        if (watched[i].id != method) continue;
        jobject argument = NULL;
        char *type = NULL, *caller = class_at(env, 1);
        const char *by = caller ? caller : "-";
        jint slot = watched[i].kind == OF_THIS || watched[i].kind == STATIC_NAMED_CLASS ? 0 : 1;
        if ((*jvmti)->GetLocalObject(jvmti, NULL, 0, slot, &argument) == JVMTI_ERROR_NONE) {
            switch (watched[i].kind) {
            case OF_THIS:
                if ((*jvmti)->GetClassSignature(jvmti, argument, &type, NULL) == JVMTI_ERROR_NONE) {
                    line("reflection", watched[i].name, type, NULL, NULL, by);
                    (*jvmti)->Deallocate(jvmti, (unsigned char *)type);
                }
                break;
            case STATIC_NAMED_CLASS:
            case NAMED_CLASS: string_line(env, "reflection", watched[i].name, argument, by); break;
            case NAMED_RESOURCE: string_line(env, "resource", watched[i].name, argument, by); break;
            }
            jvm->DeleteLocalRef(env, argument);
        }
        if (caller) (*jvmti)->Deallocate(jvmti, (unsigned char *)caller);
        return;
    }
    (void)unused, (void)thread, (void)at;
}

static void JNICALL on_start(jvmtiEnv *unused, JNIEnv *env, jthread thread) {
    jniNativeInterface *table;
    (*jvmti)->GetJNIFunctionTable(jvmti, &jvm);
    (*jvmti)->GetJNIFunctionTable(jvmti, &table);
    for (size_t i = 0; i < WATCHED; i++) {
        jclass type = jvm->FindClass(env, watched[i].class_name);
        watched[i].id = watched[i].kind == STATIC_NAMED_CLASS
                            ? jvm->GetStaticMethodID(env, type, watched[i].name, watched[i].signature)
                            : jvm->GetMethodID(env, type, watched[i].name, watched[i].signature);
        if (!watched[i].id || (*jvmti)->SetBreakpoint(jvmti, watched[i].id, 0) != JVMTI_ERROR_NONE) {
            fprintf(stderr, "tracer: %s.%s cannot be watched\n", watched[i].class_name, watched[i].name);
            jvm->FatalError(env, "the tracer cannot watch a method");
        }
        jvm->DeleteLocalRef(env, type);
    }
    (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_ENABLE, JVMTI_EVENT_BREAKPOINT, NULL);
    table->FindClass = find_class;
    table->GetMethodID = method_id;
    table->GetStaticMethodID = static_method_id;
    table->GetFieldID = field_id;
    table->GetStaticFieldID = static_field_id;
    table->ThrowNew = throw_new;
    table->NewObjectArray = new_object_array;
    (*jvmti)->SetJNIFunctionTable(jvmti, table);
    (void)unused, (void)thread;
}

JNIEXPORT jint JNICALL Agent_OnLoad(JavaVM *vm, char *options, void *reserved) {
    jvmtiCapabilities capabilities;
    jvmtiEventCallbacks callbacks;
    (void)reserved;
    out = options ? fopen(options, "w") : NULL;
    if (!out || (*vm)->GetEnv(vm, (void **)&jvmti, JVMTI_VERSION_1_2) != JNI_OK) return JNI_ERR;
    memset(&capabilities, 0, sizeof capabilities);
    capabilities.can_generate_breakpoint_events = 1;
    capabilities.can_access_local_variables = 1;
    memset(&callbacks, 0, sizeof callbacks);
    callbacks.VMInit = on_start;
    callbacks.Breakpoint = on_breakpoint;
    if ((*jvmti)->AddCapabilities(jvmti, &capabilities) != JVMTI_ERROR_NONE
        || (*jvmti)->SetEventCallbacks(jvmti, &callbacks, sizeof callbacks) != JVMTI_ERROR_NONE
        || (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_ENABLE, JVMTI_EVENT_VM_INIT, NULL) != JVMTI_ERROR_NONE) {
        return JNI_ERR;
    }
    return JNI_OK;
}
