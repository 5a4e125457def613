//! The stack that a command is about: a deployed one, or that of the data folder.

use std::path::Path;
use std::sync::Arc;

use countersign_domain::outbound_url::Loopback;
use countersign_lambda::App;
use countersign_local::aws::Aws;
use countersign_local::bundle::TABLE;
use countersign_local::clock::SystemClock;
use countersign_local::demo::Demo;

use crate::idp_command;

/// An opened table. The embedded AWS stands as long as this does.
pub(crate) struct Place {
    pub(crate) app: App,
    /// Of the data folder.
    pub(crate) demo: Option<Demo>,
    embedded: Option<Aws>,
}

impl Place {
    /// The stack with this table; without one, that of the folder.
    pub(crate) async fn open(table: Option<String>, data: &Path) -> Result<Self, String> {
        let settings = |table: &str| idp_command::settings(table.into(), String::new(), Loopback::Refused);
        if let Some(table) = table {
            let app = idp_command::over(settings(&table)).await;
            return Ok(Self { app, demo: None, embedded: None });
        }
        let over = |aws: &Aws| App::new(settings(TABLE), &aws.config, Arc::new(SystemClock));
        let demo = Demo::read(data).map_err(|error| error.to_string())?;
        let demo = demo.ok_or_else(|| format!("{} keeps nothing; name a --table", data.display()))?;
        // Two processes cannot use one folder: the one that runs is asked.
        if let Some(url) = &demo.aws_endpoint_url {
            let app = over(&Aws::at(url).await);
            if app.store.warm_up().await.is_ok() {
                return Ok(Self { app, demo: Some(demo), embedded: None });
            }
        }
        let any = ([127, 0, 0, 1], 0).into();
        let aws = Aws::embedded(any, Some(data.to_owned()), Arc::new(SystemClock)).await;
        let aws = aws.map_err(|error| error.to_string())?;
        Ok(Self { app: over(&aws), demo: Some(demo), embedded: Some(aws) })
    }

    pub(crate) async fn close(self) {
        let Self { app, embedded, .. } = self;
        // Its connections would keep the embedded AWS waiting.
        drop(app);
        if let Some(Aws { config, standins: Some(standins), .. }) = embedded {
            drop(config);
            standins.stop().await;
        }
    }
}
