#!/usr/bin/env bash
set -euxo pipefail

cargo-bundle-licenses --format yaml --output THIRDPARTY.yml
export RIHLA_COMMIT="v${PKG_VERSION}"
cargo install --locked --no-track --root "${PREFIX}" --path crates/rihla

mkdir -p "${PREFIX}"/share/{man/man1,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}
"${PREFIX}/bin/rihla" man --out-dir "${PREFIX}/share/man/man1"
"${PREFIX}/bin/rihla" completions bash > "${PREFIX}/share/bash-completion/completions/rihla"
"${PREFIX}/bin/rihla" completions zsh > "${PREFIX}/share/zsh/site-functions/_rihla"
"${PREFIX}/bin/rihla" completions fish > "${PREFIX}/share/fish/vendor_completions.d/rihla.fish"
