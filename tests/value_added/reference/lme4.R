# Reference fits of random-intercept models by lme4, at tolerances tight enough for seven digits.
# Rscript lme4.R FOLDER lme4.csv, after make_lme4.py; made with R 4.2.2 and lme4 1.1-31.
suppressMessages(library(lme4))
arguments <- commandArgs(TRUE)
cases <- read.csv(file.path(arguments[1], "cases.csv"))
tight <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, boundary.tol = 0,
                     optCtrl = list(rhobeg = 1e-3, rhoend = 1e-13, maxfun = 1e5))
joined <- function(x) paste(sprintf("%.10g", sort(as.numeric(x))), collapse = " ")
rows <- list()
for (i in seq_len(nrow(cases))) for (reml in c(TRUE, FALSE)) {
  case <- cases[i, ]
  file <- file.path(arguments[1], paste0(case$package, "-", case$data, ".csv"))
  pupils <- read.csv(file, stringsAsFactors = TRUE)
  pupils[[case$group]] <- factor(pupils[[case$group]])
  formula <- as.formula(paste(case$formula, "+ (1 |", case$group, ")"))
  fit <- suppressMessages(lmer(formula, pupils, REML = reml, control = tight))
  variance <- as.data.frame(VarCorr(fit))$vcov
  effects <- ranef(fit, condVar = TRUE)[[1]]
  rows[[length(rows) + 1]] <- data.frame(
    case, reml = reml, log_likelihood = sprintf("%.10f", as.numeric(logLik(fit))),
    school = sprintf("%.10g", variance[1]), residual = sprintf("%.10g", variance[2]),
    fixed = joined(fixef(fit)), fixed_se = joined(sqrt(diag(as.matrix(vcov(fit))))),
    mode_ends = joined(range(effects[, 1])),
    conditional_se_ends = joined(range(sqrt(as.numeric(attr(effects, "postVar"))))))
}
write.csv(do.call(rbind, rows), arguments[2], row.names = FALSE)
