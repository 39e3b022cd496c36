import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * Starts a Micro Integrator that was built from source with its components in the order that OSGi gives them. The launcher
 * beside the classes (MiniMi) starts one component after the other, which is enough without a coordination database. With
 * one, TasksDSComponent wants a task manager as soon as it has registered the TaskService: in OSGi that registration itself
 * starts the components that wait for the service, Synapse among them, before it returns. This launcher does the same.
 */
public class CoordinatedMi {
    private static final String TASK_SERVICE = "org.wso2.micro.integrator.ntask.core.service.TaskService";

    private static final String[] BEFORE = {
        "org.wso2.micro.integrator.ndatasource.core.internal.DataSourceServiceComponent",
        "org.wso2.carbon.caching.impl.internal.CachingServiceComponent",
        "org.wso2.carbon.inbound.endpoint.persistence.service.InboundEndpointPersistenceServiceDSComponent",
        "org.wso2.carbon.inbound.endpoint.osgi.service.InboundEndpointServiceDSComponent",
        "org.wso2.micro.integrator.mediation.security.vault.SynapseSecurityServiceComponent",
        "org.wso2.micro.integrator.ntask.core.internal.TasksDSComponent",
    };

    private static final String[] WITH_TASK_SERVICE = {
        "org.wso2.micro.integrator.mediation.ntask.internal.NtaskService",
        "org.wso2.micro.integrator.initializer.ServiceBusInitializer",
        "org.wso2.micro.integrator.mediation.startup.internal.StartupAdminServiceComponent",
        "org.wso2.micro.integrator.initializer.deployment.AppDeployerServiceComponent",
    };

    private static void start(String[] components) {
        for (String component : components) {
            try {
                MiniMi.start(component);
            } catch (Throwable failure) {
                System.err.println("[launcher] failed: " + component);
                failure.printStackTrace();
            }
        }
    }

    /** A bundle context whose other answers are those of the class files' own launcher. */
    private static BundleContext context(InvocationHandler others) {
        return (BundleContext) Proxy.newProxyInstance(CoordinatedMi.class.getClassLoader(), new Class<?>[] {BundleContext.class}, (self, method, arguments) -> {
            Object result = others.invoke(self, method, arguments);
            if (method.getName().equals("registerService") && TASK_SERVICE.equals(arguments[0])) start(WITH_TASK_SERVICE);
            return result;
        });
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("wso2carbon.start.time", String.valueOf(System.currentTimeMillis()));
        String home = System.getProperty("carbon.home");
        Files.writeString(Path.of(home, "wso2carbon.pid"), String.valueOf(ProcessHandle.current().pid()));
        org.wso2.config.mapper.ConfigParser.parse(System.getProperty("deployment.config.file.path", home + "/conf/deployment.toml"), home + "/repository/resources/conf", home);
        MiniMi.CTX = context((self, method, parameters) -> {
            switch (method.getName()) {
                case "registerService":
                    for (String name : names(parameters[0])) MiniMi.reg(name, parameters[1]);
                    return MiniMi.proxy(org.osgi.framework.ServiceRegistration.class, (registration, unused, none) -> null);
                case "getBundle": return MiniMi.bundle;
                case "getBundles": return new org.osgi.framework.Bundle[0];
                case "createFilter": return MiniMi.proxy(org.osgi.framework.Filter.class, (filter, unused, none) -> null);
                case "getProperty": return System.getProperty((String) parameters[0]);
                default: return MiniMi.dflt(method.getReturnType());
            }
        });
        MiniMi.reg("org.wso2.carbon.securevault.SecretCallbackHandlerService", new org.wso2.carbon.securevault.SecretCallbackHandlerServiceImpl());
        ((BundleActivator) Class.forName("org.wso2.micro.integrator.core.internal.Activator").getDeclaredConstructor().newInstance()).start(MiniMi.CTX);
        start(BEFORE);
        Thread.currentThread().join();
    }

    private static String[] names(Object given) {
        return given instanceof String name ? new String[] {name} : given instanceof String[] several ? several : new String[] {((Class<?>) given).getName()};
    }
}
