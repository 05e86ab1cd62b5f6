"""The columns of each kind of log, and the names that banks give them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GROUPS", "KINDS", "OUTCOME_NAMES", "SEGMENTS", "TIME", "Field"]

NUMBER, TEXT, TIME, DATE = "double", "varchar", "timestamp", "date"


@dataclass(frozen=True)
class Field:
    """A column of the contract: its name is its role."""

    name: str
    data_type: str
    description: str
    synonyms: tuple[str, ...] = ()
    is_mandatory: bool = False


def field(name: str, data_type: str, description: str, synonyms: str = "", *, mandatory: bool = False) -> Field:
    return Field(name, data_type, description, words(synonyms), mandatory)


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LOADED = (
    "loaded_ts load_ts load_time load_timestamp load_date loaded_on loaded_date ingested_at ingestion_time "
    "ingestion_ts ingest_date inserted_at inserted_ts received_at arrived_at etl_ts etl_date dwh_loaded_at "
    "dwh_load_ts warehouse_ts created_at"
)
PREDICTIONS = (
    field(
        "prediction_id",
        TEXT,
        "The scored case and version.",
        "score_id scoring_id inference_id request_id record_id row_id event_id transaction_id uuid id",
        mandatory=True,
    ),
    field("model_id", TEXT, "The model that scored.", "model_name model_code model", mandatory=True),
    field(
        "model_version", TEXT, "Its version.", "version model_ver version_id scorecard_version mdl_ver", mandatory=True
    ),
    field(
        "entity_id",
        TEXT,
        "What was scored.",
        "application_id customer_id client_id applicant_id account_id loan_id card_id contract_id fund_id borrower_id "
        "user_id member_id party_id obligor_id entity customer client",
    ),
    field(
        "predicted_at",
        TIME,
        "When it was scored.",
        "scored_ts scored_at scored_on scored_time prediction_ts prediction_time prediction_timestamp prediction_date "
        "predicted_ts scoring_ts scoring_time scoring_timestamp scoring_date score_ts score_time score_date "
        "inference_ts inference_time request_time event_timestamp event_ts event_time event_date timestamp ts datetime",
        mandatory=True,
    ),
    field("loaded_at", TIME, "When the warehouse received the row.", LOADED, mandatory=True),
    field(
        "score",
        NUMBER,
        "What the model gave.",
        "pd probability prob proba predicted_probability predicted_pd prediction_probability default_probability "
        "probability_of_default p_default fraud_probability p_fraud churn_probability p_churn y_score y_prob y_proba "
        "model_score predicted_score prediction_score raw_score score_value credit_score risk_score fraud_score "
        "churn_score predicted_return return_forecast forecast prediction predicted y_hat yhat estimate",
        mandatory=True,
    ),
    field(
        "predicted_class", TEXT, "The class that is predicted.", "predicted_label prediction_label pred_class y_pred"
    ),
    field("predicted_value", NUMBER, "The value that is predicted."),
    field(
        "score_lower",
        NUMBER,
        "Lower end of the score's interval.",
        "lower lower_bound lower_90 lower_95 return_lower forecast_lower prediction_lower pi_lower ci_lower",
    ),
    field(
        "score_upper",
        NUMBER,
        "Upper end of the score's interval.",
        "upper upper_bound upper_90 upper_95 return_upper forecast_upper prediction_upper pi_upper ci_upper",
    ),
    field("decision", TEXT, "What was decided by the score.", "model_decision system_decision action recommendation"),
    field("override_decision", TEXT, "What a person decided instead.", "manual_decision overridden_decision override"),
    field("override_reason", TEXT, "Why."),
    field(
        "variant",
        TEXT,
        "Role of the version at the time: champion, challenger or shadow.",
        "champion_challenger model_role model_variant traffic_role dataset_role",
    ),
    field("exposure_amount", NUMBER, "Amount at stake.", "exposure ead exposure_at_default notional"),
    field(
        "artifact_sha256", TEXT, "Hash of the artefact that scored.", "artifact_hash model_hash model_sha256 model_sha"
    ),
)
OUTCOME_NAMES = words(
    "outcome_value actual_outcome observed_outcome realised_outcome label target actual y_true y default_flag "
    "default_ind is_default defaulted has_defaulted bad_flag is_bad bad is_fraud fraud_flag fraud churned churn_flag "
    "is_churn has_churned event_flag actual_return realised_return realized_return realised_value actual_value"
)
OUTCOMES = (
    field("prediction_id", TEXT, "The prediction it belongs to.", " ".join(PREDICTIONS[0].synonyms), mandatory=True),
    field(
        "observed_at",
        TIME,
        "When it was observed.",
        "observed_ts observed_on observation_ts observation_time observation_date outcome_ts outcome_at outcome_time "
        "outcome_date label_ts label_time label_date default_date default_ts event_ts event_date timestamp ts",
        mandatory=True,
    ),
    field("loaded_at", TIME, "When the warehouse received it.", LOADED, mandatory=True),
    field(
        "outcome",
        NUMBER,
        "What came to pass: 1 for the event, 0 without, or a value.",
        " ".join(OUTCOME_NAMES),
        mandatory=True,
    ),
    field("amount", NUMBER, "Amount of the outcome.", "loss loss_amount amount_lost lgd_amount outcome_amount"),
    field(
        "outcome_status",
        TEXT,
        "final, provisional or excluded.",
        "status label_status outcome_state observation_status",
    ),
)
MARKET_RISK = (
    field(
        "risk_date",
        DATE,
        "The day of the profit and loss.",
        "business_date cob_date cob value_date trade_date reporting_date pnl_date date day",
        mandatory=True,
    ),
    field("portfolio_id", TEXT, "The portfolio.", "portfolio book_id book desk_id desk trading_desk", mandatory=True),
    field("model_id", TEXT, "The model that forecast.", "model_name model_code var_model model", mandatory=True),
    field("model_version", TEXT, "Its version.", "version model_ver version_id", mandatory=True),
    field(
        "var_990",
        NUMBER,
        "Loss exceeded on one day in a hundred, positive.",
        "var_99 var99 var_1d_99 var_99_1d var_99_pct value_at_risk_99 value_at_risk var",
        mandatory=True,
    ),
    field("var_975", NUMBER, "Loss exceeded on one day in forty, positive.", "var_97_5 var975 value_at_risk_975"),
    field(
        "es_975",
        NUMBER,
        "Mean loss of the worst 2.5 % of days, positive.",
        "es_97_5 es975 es expected_shortfall expected_shortfall_975",
    ),
    field("var_98125", NUMBER, "98.125 % value at risk, positive.", "var_98_125 value_at_risk_98125"),
    field("var_98750", NUMBER, "98.75 % value at risk, positive.", "var_98_75 var_9875 value_at_risk_9875"),
    field("var_99375", NUMBER, "99.375 % value at risk, positive.", "var_99_375 value_at_risk_99375"),
    field(
        "var_990_prior_positions",
        NUMBER,
        "99 % value at risk of yesterday's positions in today's market.",
        "var_99_prior_positions var_99_static",
    ),
    field(
        "pnl_actual",
        NUMBER,
        "Profit and loss with the day's trading.",
        "actual_pnl apl pl_actual actual_p_l p_l profit_and_loss pnl pl",
        mandatory=True,
    ),
    field(
        "pnl_hypothetical",
        NUMBER,
        "Profit and loss of the position held.",
        "hypothetical_pnl hpl hypo_pnl pnl_hypo clean_pnl",
    ),
    field(
        "pnl_risk_theoretical",
        NUMBER,
        "Profit and loss by the risk engine's factors.",
        "risk_theoretical_pnl rtpl theoretical_pnl pnl_theoretical",
    ),
    field("forecast_at", TIME, "When the forecast was made.", "forecast_ts computed_at calculated_at calculation_ts"),
    field("loaded_at", TIME, "When the warehouse received the row.", LOADED, mandatory=True),
)
KINDS = {"predictions": PREDICTIONS, "outcomes": OUTCOMES, "market_risk": MARKET_RISK}

GROUPS = words(
    "sex gender age_band age_group age_class age_bucket ethnicity ethnic_group race marital marital_status "
    "nationality religion disability disability_status"
)
SEGMENTS = words(
    "segment customer_segment product product_type loan_type region country country_group market state branch "
    "business_line business_unit portfolio wealth_tier tier asset_class domicile sector industry"
)
