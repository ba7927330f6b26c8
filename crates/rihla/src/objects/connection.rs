//! Connections that break before an answer comes.

use std::error::Error as _;

use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
    ReqwestConnector,
};
use object_store::{ClientOptions, Result};

/// Makes clients after whose failures requests are tried again that may be: object_store does so when it knows what
/// befell a connection, and takes what it does not know (a connection that ends between two requests, an answer that is
/// none) for final.
#[derive(Debug, Default)]
pub struct Connector(ReqwestConnector);

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> Result<HttpClient> {
        Ok(HttpClient::new(Service(self.0.connect(options)?)))
    }
}

#[derive(Debug)]
struct Service(HttpClient);

#[async_trait::async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.0.execute(request).await.map_err(|error| match is_unanswered(&error) {
            true => HttpError::new(HttpErrorKind::Interrupted, error),
            false => error,
        })
    }
}

/// Whether a request was sent, or was about to be, and no answer came.
fn is_unanswered(error: &HttpError) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<reqwest::Error>());
    error.kind() == HttpErrorKind::Unknown && source.is_some_and(reqwest::Error::is_request)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread;

    use object_store::http::HttpBuilder;
    use object_store::{ObjectStoreExt as _, path::Path};

    use super::*;

    #[test]
    fn an_answer_that_is_none_is_asked_for_again() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        thread::spawn(move || {
            for (number, client) in listener.incoming().flatten().enumerate() {
                let mut client = client;
                let _ = client.read(&mut [0; 1 << 12]);
                let answer: &[u8] = match number {
                    0 => b"nonsense\r\n\r\n",
                    _ => b"HTTP/1.1 200 OK\r\nlast-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 4\r\n\r\nACGT",
                };
                let _ = client.write_all(answer);
            }
        });
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let store = HttpBuilder::new()
            .with_url(url)
            .with_client_options(ClientOptions::new().with_allow_http(true))
            .with_http_connector(Connector::default());
        let store = store.build().expect("a store");
        let bytes = runtime.block_on(async { store.get(&Path::from("a")).await?.bytes().await });
        assert_eq!(bytes.expect("the second answer").as_ref(), b"ACGT");
    }
}
